import CRFGSNN
import Runtime
import Testing

@testable import RFGSNN

private func failure(_ body: () throws(Failure) -> Void) -> Failure? {
  do {
    try body()
    return nil
  } catch {
    return error
  }
}

extension Letters {
  fileprivate var string: String { String(decoding: indices.map { self[$0] }, as: UTF8.self) }
}

/// A copy that stays for ever.
private func copy(_ text: String) -> Letters {
  let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.utf8.count + 1)
  _ = bytes.initialize(from: text.utf8)
  return Letters(UnsafeBufferPointer(start: bytes.baseAddress, count: text.utf8.count))
}

@Suite("Options")
struct OptionsTests {
  /// Options from which a network can be made.
  private func complete() throws -> Options {
    let options = Options()
    try options.set("inputs", .int(2))
    try options.set("outputs", .int(1))
    return options
  }

  @Test("the defaults make a network and a trainer as the table says")
  func defaults() throws {
    let options = try complete()
    let network = try options.networkSpecification()
    #expect(network.hidden == [64, 64])
    #expect(network.timeSteps == 32)
    #expect(network.neuron.ternary)
    let trainer = try options.trainerSpecification()
    #expect(trainer.schedule.learningRate == 0.003)
    #expect(trainer.schedule.steps == 4000)
    #expect(trainer.restoreBest)
  }

  @Test("what must be set is asked for", arguments: ["inputs", "outputs"] as [Letters])
  func required(_ key: Letters) throws {
    let options = Options()
    for other: Letters in ["inputs", "outputs"] where other != key { try options.set(other, .int(1)) }
    let refusal = failure { () throws(Failure) in _ = try options.networkSpecification() }
    #expect(refusal?.kind == .outOfRange)
    #expect(refusal?.message.hasPrefix("\(key.string): must be set") == true)
  }

  @Test("every word of every option means something")
  func words() throws {
    for option in optionTable {
      let words: [Letters]
      switch option.domain {
      case .choice(let choices): words = choices
      case .choices(let choices, _): words = choices + [copy(choices.map(\.string).joined(separator: ","))]
      default: continue
      }
      for word in words {
        let options = try complete()
        try options.set(option.key, .word(word))
        let refusal = failure { () throws(Failure) in
          _ = try options.networkSpecification()
          _ = try options.trainerSpecification()
        }
        // Only this one may depend on the machine.
        let machine = option.key == "instruction_set" && refusal?.message.contains("does not run") == true
        #expect(refusal == nil || machine, "\(option.key.string) = \(word.string): \(refusal?.message ?? "")")
      }
    }
  }

  @Test("ranges, types and finiteness are checked when a value is set, and a refused value changes nothing")
  func ranges() throws {
    let options = try complete()
    func refusal(_ key: Letters, _ value: OptionValue) -> Failure.Kind? {
      failure { () throws(Failure) in try options.set(key, value) }?.kind
    }
    #expect(refusal("time_steps", .int(0)) == .outOfRange)
    #expect(refusal("time_steps", .int(.max)) == .outOfRange)
    #expect(refusal("time_steps", .float(8)) == .dataType)
    #expect(refusal("leak", .float(0)) == .outOfRange)
    #expect(refusal("leak", .float(1)) == nil)
    #expect(refusal("leak", .int(1)) == nil)
    #expect(refusal("leak", .int(2)) == .outOfRange)
    #expect(refusal("adam_beta1", .float(1)) == .outOfRange)
    #expect(refusal("leak", .float(.nan)) == .notFinite)
    #expect(refusal("loss", .word("MSE")) == .outOfRange)
    #expect(refusal("hidden", .ints([])) == .outOfRange)
    #expect(refusal("hidden", .ints([3, 0])) == .outOfRange)
    #expect(refusal("hidden", .int(3)) == .dataType)
    let network = try options.networkSpecification()
    #expect(network.timeSteps == 32)
    #expect(network.hidden == [64, 64])
  }

  @Test("a list of words takes those of its option, with spaces if one likes, and says which one it does not know")
  func listOfWords() throws {
    let options = try complete()
    #expect(try options.trainerSpecification().layerEstimators.isEmpty)
    try options.set("layer_estimators", .word("rfg_global, rfg_per_step ,bptt"))
    #expect(try options.trainerSpecification().layerEstimators == [.rfgGlobal, .rfgPerStep, .backPropagation])
    let bad = [
      ("rfg_global,rfg_perstep", "\"rfg_per_step\""), ("rfg_global,", "\"\" is not one of"), (",", "is not one of"),
      (String(repeating: "bptt,", count: 64) + "bptt", "up to 64"),
    ]
    for (list, part) in bad {
      let refusal = failure { () throws(Failure) in try options.set("layer_estimators", .word(copy(list))) }
      #expect(refusal?.kind == .outOfRange)
      #expect(refusal?.message.contains(part) == true, "\(refusal?.message ?? "")")
    }
    #expect(try options.trainerSpecification().layerEstimators.count == 3)
    try options.set("layer_estimators", .word(""))
    #expect(try options.trainerSpecification().layerEstimators.isEmpty)
  }

  @Test("a list is not read when its length is not taken")
  func listLength() throws {
    let options = try complete()
    let beyond = UnsafePointer<Int64>(bitPattern: 16)
    let numbers = try #require(beyond)
    for count: Int64 in [.min, -1, 0, 65, .max] {
      let refusal = failure { () throws(Failure) in try options.set("hidden", numbers, count: count) }
      #expect(refusal?.kind == .outOfRange)
    }
    let refusal = failure { () throws(Failure) in try options.set("seed", numbers, count: 1) }
    #expect(refusal?.kind == .dataType)
  }

  @Test("a number that single precision rounds out of its range is refused")
  func rounding() throws {
    let options = try complete()
    try options.set("leak", .float(1e-60))
    #expect(failure { () throws(Failure) in _ = try options.networkSpecification() }?.kind == .outOfRange)
    let momentum = try complete()
    try momentum.set("momentum", .float(1.0.nextDown))
    #expect(failure { () throws(Failure) in _ = try momentum.trainerSpecification() }?.kind == .outOfRange)
  }

  @Test(
    "an unknown key gets the nearest known one",
    arguments: [
      ("learning_rat", "learning_rate"), ("LEAK", "leak"), ("timesteps", "time_steps"), ("clipnorm", "clip_norm"),
    ])
  func suggestion(_ key: String, _ known: String) throws {
    let refusal = failure { () throws(Failure) in try Options().set(copy(key), .int(1)) }
    #expect(refusal?.kind == .unknownOption)
    #expect(refusal?.message.contains("\"\(known)\"") == true, "\(refusal?.message ?? "")")
  }

  @Test(
    "the distance of words counts inserted, deleted and replaced letters",
    arguments: [("", "", 0), ("abc", "", 3), ("", "abc", 3), ("kitten", "sitting", 3), ("seed", "seeds", 1)])
  func distance(_ a: String, _ b: String, _ distance: Int) {
    #expect(editDistance(copy(a), copy(b)) == distance)
  }

  @Test("a key that the table and its reader take for different things is the library's fault, and says so")
  func misread() throws {
    let options = try complete()
    for failure in [
      failure { () throws(Failure) in _ = try options.int("architecture") },
      failure { () throws(Failure) in _ = try options.ints("leak") },
      failure { () throws(Failure) in _ = try options.double("inputs") },
    ] {
      #expect(failure?.kind == .internalFault)
      #expect(failure?.kind.status == RFGSNN_ERROR_INTERNAL)
      #expect(failure?.message.contains("please report") == true)
    }
  }
}
