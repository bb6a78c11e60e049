import Foundation

// apigen [--check] [root]: writes every generated file under root (default: the current directory), or only
// lists those that differ and exits with 1.

/// The generated files with their contents.
func generate(_ description: Description) -> [(path: String, text: String)] {
  [
    ("include/rfgsnn.h", HeaderWriter(description: description).write()),
    ("api/generated/rfgsnn.map", VersionScriptWriter(description: description).write()),
    ("api/generated/signatures.json", SignatureWriter(description: description).write()),
    ("Sources/RFGSNN/OptionTable.swift", OptionTableWriter(description: description).write()),
    ("bindings/python/src/rfgsnn/_signatures.py", CtypesWriter(description: description).write()),
    ("docs/options.md", OptionDocWriter(description: description).write()),
    ("docs/errors.md", ErrorDocWriter(description: description).write()),
  ]
}

func run() throws -> Int32 {
  var arguments = Array(CommandLine.arguments.dropFirst())
  let check = arguments.first == "--check"
  if check { arguments.removeFirst() }
  guard arguments.count <= 1, arguments.first?.hasPrefix("-") != true else {
    throw DescriptionError("usage: apigen [--check] [root directory]")
  }
  let root = URL(filePath: arguments.first ?? ".", directoryHint: .isDirectory)
  let description = try Description(root: root)
  try Validation.check(description)
  var different: [String] = []
  for (path, text) in generate(description) {
    let file = root.appending(path: path)
    if let old = try? String(contentsOf: file, encoding: .utf8), old == text { continue }
    different.append(path)
    if check { continue }
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: file, atomically: true, encoding: .utf8)
  }
  for path in different { print(check ? "differs: \(path)" : "wrote \(path)") }
  return check && !different.isEmpty ? 1 : 0
}

do {
  exit(try run())
} catch {
  FileHandle.standardError.write(Data("apigen: \(error)\n".utf8))
  exit(2)
}
