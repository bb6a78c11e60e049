import ReferenceNetworks
import Runtime
import SpikingNetworks
import Testing

@Suite("clones and scaling")
struct CloneAndScalingTests {
  @Test("a clone has the same bits and a life of its own")
  func clone() throws {
    let network = try Network(specification(2, [9], 1))
    network.inputScalings[0] = try Scaling(shift: [0.5, 1], scale: [2, 3], name: "input")
    network.outputScaling = try Scaling(shift: [-1], scale: [4], name: "output")
    network.randomize(seed: 3)
    let inputs = Samples(5, inputs: 2, outputs: 1, seed: 4).hostInputs
    let clone = try network.clone()
    #expect(clone.values == network.values)
    let before = try network.outputs(inputs)
    #expect(try clone.outputs(inputs) == before)
    clone.randomize(seed: 5)
    #expect(try network.outputs(inputs) == before)
    #expect(try clone.outputs(inputs) != before)
  }

  @Test("the network sees (x - shift) / scale and the host shift + scale y")
  func scaling() throws {
    let network = try Network(specification(2, [9], 2))
    let data = Samples(5, inputs: 2, outputs: 1, seed: 4)
    let plain = try network.outputs(data.hostInputs)
    network.inputScalings[0] = try Scaling(shift: [3, -1], scale: [2, 0.5], name: "input")
    network.outputScaling = try Scaling(shift: [10, 0], scale: [4, -0.25], name: "output")
    // Rounded to single precision by the host, so shift and scale are powers of 2 where it matters.
    let moved = data.inputs.map { [2 * $0[0][0] + 3, 0.5 * $0[0][1] - 1] }
    let scaled = try network.outputs(HostMatrix(moved))
    for (a, b) in zip(scaled, plain) {
      #expect(greatestError(a, [10 + 4 * b[0], -0.25 * b[1]]) < 1e-5)
    }
  }

  @Test("minmax maps the least value to -1 and the greatest to 1; standard gives mean 0 and deviation 1")
  func rules() throws {
    let rows = [[1.0, 5, 1000], [2, 5, 1001], [6, 5, 1005]]
    let data = HostMatrix(rows).array
    let minmax = try Scaling(.minmax, of: data, unless: StopFlag())
    #expect(minmax.shift == [3.5, 5, 1002.5])
    #expect(minmax.scale == [2.5, 1, 2.5], "a constant feature is only shifted")
    let standard = try Scaling(.standard, of: data, unless: StopFlag())
    let deviation = (14.0 / 3).squareRoot()
    #expect(greatestError(standard.shift, [3, 5, 1002]) < 1e-12)
    #expect(greatestError(standard.scale, [deviation, 1, deviation]) < 1e-12)
    let none = try Scaling(.none, of: data, unless: StopFlag())
    #expect(none.shift == [0, 0, 0] && none.scale == [1, 1, 1])
  }

  @Test("rules see every time step of inputs that vary in time")
  func varyingRules() throws {
    let data = HostMatrix(samplesOverTime: [[[1], [2]], [[5], [-3]]]).array
    let minmax = try Scaling(.minmax, of: data, unless: StopFlag())
    #expect(minmax.shift == [1] && minmax.scale == [4])
  }

  @Test("shift and scale must be finite, and a scale not zero")
  func refused() {
    let cases: [(shift: Double, scale: Double, Failure.Kind)] = [
      (.nan, 1, .notFinite), (0, .infinity, .notFinite), (0, 0, .outOfRange),
    ]
    for (shift, scale, kind) in cases {
      let failure = #expect(throws: Failure.self) { try Scaling(shift: [shift], scale: [scale], name: "input") }
      #expect(failure?.kind == kind)
    }
  }
}
