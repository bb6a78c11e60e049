/// A small generator for test data, apart from the library's (SplitMix64).
package struct TestGenerator {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func word() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Uniform in [-1, 1), and exact in single precision.
  package mutating func value() -> Double { Double(word() >> 40) / 8_388_608 - 1 }

  package mutating func values(_ count: Int) -> [Double] { (0..<count).map { _ in value() } }

  /// Multiples of 1 / `denominator` in [-1, 1]: sums of their products are exact in single precision.
  package mutating func dyadic(_ denominator: Int) -> Double {
    Double(Int(word() % UInt64(2 * denominator + 1)) - denominator) / Double(denominator)
  }
}

/// Inputs [sample][time][input], one time for constant inputs, and targets [sample][output].
package struct Samples {
  package var inputs: [[[Double]]]
  package var targets: [[Double]]

  package init(inputs: [[[Double]]], targets: [[Double]]) {
    self.inputs = inputs
    self.targets = targets
  }

  /// Uniform numbers in [-1, 1).
  package init(_ count: Int, inputs: Int, outputs: Int, varyingOver times: Int? = nil, seed: UInt64) {
    var generator = TestGenerator(seed: seed)
    self.inputs = (0..<count).map { _ in (0..<(times ?? 1)).map { _ in generator.values(inputs) } }
    targets = (0..<count).map { _ in generator.values(outputs) }
  }

  package var count: Int { inputs.count }

  package subscript(range: Range<Int>) -> Samples {
    Samples(inputs: Array(inputs[range]), targets: Array(targets[range]))
  }

  package var hostInputs: HostMatrix {
    inputs[0].count == 1 ? HostMatrix(inputs.map { $0[0] }) : HostMatrix(samplesOverTime: inputs)
  }

  package var hostTargets: HostMatrix { HostMatrix(targets) }
}
