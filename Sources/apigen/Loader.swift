import Foundation

/// What is wrong with the description, in words for the person who edits it.
struct DescriptionError: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) { self.description = description }
}

extension Description {
  /// Reads the description from the `api` folder under `root`.
  init(root: URL) throws {
    let api = root.appending(path: "api")
    library = try Self.read(LibraryDescription.self, api.appending(path: "library.json"))
    types = try Self.read(TypesDescription.self, api.appending(path: "types.json"))
    options = try Self.read(OptionFile.self, api.appending(path: "option-keys.json")).options
    for index in options.indices {
      guard let key = options[index].choicesOf else { continue }
      options[index].choices = options.first { $0.key == key }?.choices
    }
    sections = try library.sections.map {
      try Self.read(SectionDescription.self, api.appending(path: "functions/\($0).json"))
    }
  }

  private static func read<T: Codable>(_ type: T.Type, _ file: URL) throws -> T {
    let name = "api/" + file.path.components(separatedBy: "/api/").last!
    do {
      let data = try Data(contentsOf: file)
      let value = try JSONDecoder().decode(type, from: data)
      let known = try JSONSerialization.jsonObject(with: JSONEncoder().encode(value))
      let written = try JSONSerialization.jsonObject(with: data)
      if let path = unknownKey(in: written, known: known) {
        throw DescriptionError("unknown key \(path)")
      }
      return value
    } catch let error as DescriptionError {
      throw DescriptionError("\(name): \(error.description)")
    } catch let error as DecodingError {
      throw DescriptionError("\(name): \(sentence(error))")
    } catch {
      throw DescriptionError("\(name): \(error.localizedDescription)")
    }
  }

  /// The path of a key that was written but that the model does not read: most likely a typing error.
  private static func unknownKey(in written: Any, known: Any) -> String? {
    if let written = written as? [String: Any], let known = known as? [String: Any] {
      for (key, value) in written.sorted(by: { $0.key < $1.key }) {
        guard let other = known[key] else { return key }
        if let path = unknownKey(in: value, known: other) { return key + "." + path }
      }
    } else if let written = written as? [Any], let known = known as? [Any] {
      for (index, (value, other)) in zip(written, known).enumerated() {
        if let path = unknownKey(in: value, known: other) { return "\(index)." + path }
      }
    }
    return nil
  }

  private static func sentence(_ error: DecodingError) -> String {
    func path(_ context: DecodingError.Context) -> String {
      context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
    }
    switch error {
    case .keyNotFound(let key, let context): return "\(path(context)): \(key.stringValue) is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      return "\(path(context)): \(context.debugDescription)"
    @unknown default: return "\(error)"
    }
  }
}
