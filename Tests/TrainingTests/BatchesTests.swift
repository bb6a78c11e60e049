import Kernels
import ReferenceNetworks
import Runtime
import Testing

@testable import Training

@Suite("mini-batches")
struct BatchesTests {
  private func batches(_ samples: Int, _ size: Int, seed: UInt64 = 1, count: Int) throws -> [[Int]] {
    var batches = try Batches(
      samples: samples, size: size, seed: seed, kernels: .table(for: .best), account: MemoryAccount(limit: 0))
    return (0..<count).map { _ in batches.next().map { Int($0) } }
  }

  @Test(
    "every sample comes once per epoch, also where a batch spans two", arguments: [(10, 5), (10, 3), (7, 6), (9, 1)])
  func oncePerEpoch(samples: Int, size: Int) throws {
    let all = try batches(samples, size, count: 3 * samples)
    #expect(all.allSatisfy { $0.count == size })
    let order = all.flatMap { $0 }
    for epoch in 0..<order.count / samples {
      #expect(order[epoch * samples..<(epoch + 1) * samples].sorted() == Array(0..<samples))
    }
  }

  @Test("epochs differ, seeds differ, and the same seed repeats")
  func seeds() throws {
    let order = try batches(50, 50 - 1, count: 4).flatMap { $0 }
    #expect(Array(order[0..<50]) != Array(order[50..<100]))
    #expect(try batches(50, 49, count: 4).flatMap { $0 } == order)
    #expect(try batches(50, 49, seed: 2, count: 4).flatMap { $0 } != order)
  }

  @Test("a batch that is not smaller than the data is all of it")
  func whole() throws {
    #expect(try batches(5, 5, count: 2) == [Array(0..<5), Array(0..<5)])
    #expect(try batches(5, 500, count: 1) == [Array(0..<5)])
  }

  @Test("from any place in one epoch, a sample comes to every place in the next equally often")
  func uniform() throws {
    let epochs = 4000
    let order = try batches(5, 1, count: 5 * epochs).flatMap { $0 }
    var counts = [[Int]](repeating: [0, 0, 0, 0, 0], count: 5)
    for epoch in 1..<epochs {
      for sample in 0..<5 {
        let before = order[5 * (epoch - 1)..<5 * epoch].firstIndex(of: sample)! - 5 * (epoch - 1)
        let after = order[5 * epoch..<5 * (epoch + 1)].firstIndex(of: sample)! - 5 * epoch
        counts[before][after] += 1
      }
    }
    let expected = Double(epochs - 1) / 5
    let chiSquare = counts.joined().reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
    // 16 degrees of freedom: above 60 once in a million times.
    #expect(chiSquare < 60)
  }
}
