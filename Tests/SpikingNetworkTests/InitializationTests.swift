import ReferenceNetworks
import SpikingNetworks
import Testing

@Suite("initial parameters")
struct InitializationTests {
  /// The numbers of each tensor, by name.
  private func tensors(_ change: (inout NetworkSpecification) -> Void) throws -> [String: [Double]] {
    let network = try Network(specification(4, [50, 64], 3, gain: 1, change))
    var tensors: [String: [Double]] = [:]
    for tensor in network.tensors {
      tensors[tensor.name] = network.values[tensor.offset..<tensor.offset + tensor.count].map { Double($0) }
    }
    return tensors
  }

  private func variance(_ values: [Double]) -> Double { dot(values, values) / Double(values.count) }

  @Test("tensors lie one after the other: weights [fan-in, fan-out] and biases, the readout last")
  func layout() throws {
    let stack = try Network(specification(4, [50, 64], 3)).stacks[0]
    #expect(
      stack.tensors.map(\.name) == [
        "layer0.weight", "layer0.bias", "layer1.weight", "layer1.bias", "readout.weight", "readout.bias",
      ])
    #expect(stack.tensors.map(\.shape) == [[4, 50], [50], [50, 64], [64], [64, 3], [3]])
    #expect(stack.tensors.map(\.offset) == [0, 200, 250, 3450, 3514, 3706])
    #expect(stack.parameterCount == 3709)
    let spiking = try Network(specification(4, [50], 3, readout: .spikingMean)).stacks[0]
    #expect(spiking.tensors.map(\.name) == ["layer0.weight", "layer0.bias", "layer1.weight", "layer1.bias"])
  }

  @Test("uniform: every number within 1 / sqrt(fan-in), with the variance of a uniform law")
  func uniform() throws {
    let tensors = try tensors { _ in }
    for (name, fanIn) in [("layer0", 4.0), ("layer1", 50), ("readout", 64)] {
      for values in [tensors[name + ".weight"]!, tensors[name + ".bias"]!] {
        #expect(values.allSatisfy { abs($0) <= 1 / fanIn.squareRoot() + 1e-6 })
        if values.count > 150 { #expect(abs(variance(values) * 3 * fanIn - 1) < 0.2) }
      }
    }
  }

  @Test("Kaiming: variance 2 / fan-in and no biases")
  func kaiming() throws {
    let tensors = try tensors { $0.initialization = .kaimingNormal }
    #expect(abs(variance(tensors["layer0.weight"]!) * 4 / 2 - 1) < 0.3)
    #expect(abs(variance(tensors["layer1.weight"]!) * 50 / 2 - 1) < 0.1)
    #expect(tensors["layer0.bias"]!.allSatisfy { $0 == 0 } && tensors["readout.bias"]!.allSatisfy { $0 == 0 })
  }

  @Test(
    "input gain and bias spread multiply the first layer alone",
    arguments: [
      Initialization.uniformFanIn, .kaimingNormal,
    ])
  func gain(_ initialization: Initialization) throws {
    let plain = try tensors { $0.initialization = initialization }
    let wide = try tensors {
      $0.initialization = initialization
      $0.inputGain = 4
      $0.biasSpread = 2
    }
    #expect(greatestError(wide["layer0.weight"]!, plain["layer0.weight"]!.map { 4 * $0 }) < 1e-5)
    if initialization == .uniformFanIn {
      #expect(greatestError(wide["layer0.bias"]!, plain["layer0.bias"]!.map { 2 * $0 }) < 1e-6)
    } else {
      #expect(wide["layer0.bias"]!.allSatisfy { $0 != 0 && abs($0) <= 2 / 2 }, "a spread of its own brings biases")
    }
    for name in ["layer1.weight", "layer1.bias", "readout.weight", "readout.bias"] {
      #expect(wide[name] == plain[name])
    }
  }
}
