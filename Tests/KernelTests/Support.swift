import Kernels
import Testing

/// A small generator for test data, apart from the one under test (SplitMix64).
struct TestGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func word() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Uniform in [-1, 1).
  mutating func value() -> Float { Float(word() >> 40) / 8_388_608 - 1 }

  /// Masks of `rows` rows: each of the first `neurons` bits is set with the given probability.
  mutating func mask(rows: Int, words: Int, neurons: Int, probability: Double) -> [UInt64] {
    var mask = [UInt64](repeating: 0, count: rows * words)
    for row in 0..<rows {
      for neuron in 0..<neurons where Double(word() >> 11) * 0x1p-53 < probability {
        mask[row * words + neuron / 64] |= 1 << UInt64(neuron % 64)
      }
    }
    return mask
  }
}

/// Memory for a kernel, with guard values on both sides that must survive.
final class Memory<Value: BinaryFloatingPoint> {
  let count: Int
  let pointer: UnsafeMutablePointer<Value>
  private let base: UnsafeMutablePointer<Value>
  private static var guardLength: Int { 32 }
  private static var guardValue: Value { 12345.75 }

  /// - Parameter shift: elements by which the start misses its 64-byte alignment.
  init(_ values: [Value], shift: Int = 0) {
    count = values.count
    let total = count + 2 * Self.guardLength + shift
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: total * MemoryLayout<Value>.stride, alignment: 64)
    base = bytes.bindMemory(to: Value.self, capacity: total)
    base.initialize(repeating: Self.guardValue, count: total)
    pointer = base + Self.guardLength + shift
    for i in 0..<count { pointer[i] = values[i] }
  }

  convenience init(_ count: Int, shift: Int = 0) {
    self.init([Value](repeating: 0, count: count), shift: shift)
  }

  /// Uniform values in [-1, 1).
  convenience init(_ count: Int, _ generator: inout TestGenerator, shift: Int = 0) {
    self.init((0..<count).map { _ in Value(generator.value()) }, shift: shift)
  }

  deinit { base.deallocate() }

  var values: [Value] { (0..<count).map { pointer[$0] } }

  subscript(i: Int) -> Value { pointer[i] }

  var guardsSurvive: Bool {
    var start = base
    while start < pointer {
      if start.pointee != Self.guardValue { return false }
      start += 1
    }
    return (count..<count + Self.guardLength).allSatisfy { pointer[$0] == Self.guardValue }
  }
}

func tables() -> [KernelTable] { InstructionSet.supported.map { KernelTable.table(for: $0) } }

/// The greatest |a - b| / (1 + |b|).
func deviation<A: BinaryFloatingPoint, B: BinaryFloatingPoint>(_ a: [A], _ b: [B]) -> Double {
  var worst = a.count == b.count ? 0.0 : Double.infinity
  for (x, y) in zip(a, b) {
    let d = abs(Double(x) - Double(y)) / (1 + abs(Double(y)))
    if !(d <= worst) { worst = d.isNaN ? .infinity : d }
  }
  return worst
}
