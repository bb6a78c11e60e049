import Runtime
import SpikingNetworks
import Testing

/// What is kept from batch to batch.
@Suite("memory for a batch's shape")
struct BatchShapeTests {
  private final class Made {}

  private func shape(
    _ samples: Int = 6, _ points: Points = .shared, _ extents: [Int] = [4, 2], steps: Int = 3, varies: Bool = false
  ) throws -> BatchShape {
    BatchShape(samples: samples, points: points, extents: try StackList(extents), steps: steps, variesInTime: varies)
  }

  @Test("it serves a batch of the same shape, and one of fewer samples")
  func serves() throws {
    var memory = BatchMemory<Made>()
    let first = try memory.take(shape()) { Made() }
    #expect(try memory.take(shape()) { Made() } === first)
    #expect(try memory.take(shape(2)) { Made() } === first)
    #expect(try memory.take(shape()) { Made() } === first, "it stays that of the larger batch")
  }

  @Test("it serves no batch that differs in anything else, though all products of extents agree")
  func servesNotOthers() throws {
    for other in [
      try shape(7), try shape(6, .perSample, [8]), try shape(6, .none, []), try shape(6, .shared, [2, 4]),
      try shape(6, .shared, [8]), try shape(6, .shared, [4, 2, 1]), try shape(1, .shared, [12, 4]),
      try shape(steps: 4), try shape(steps: 2), try shape(varies: true),
    ] {
      var memory = BatchMemory<Made>()
      let first = try memory.take(shape()) { Made() }
      #expect(try memory.take(other) { Made() } !== first, "\(other)")
      #expect(memory.memory !== first)
    }
  }

  @Test("after a failure nothing is held")
  func failure() throws {
    var memory = BatchMemory<Made>()
    weak let first = try memory.take(shape()) { Made() }
    let other = try shape(7)
    #expect(throws: Failure.self) {
      try memory.take(other) { () throws(Failure) in throw Failure(.outOfMemory, "no memory") }
    }
    #expect(memory.memory == nil)
    #expect(first == nil)
  }
}
