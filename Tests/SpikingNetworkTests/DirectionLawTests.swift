import Directions
import Kernels
import Testing

/// Every law has E v v^T = I, and the property that it is named for.
@Suite("direction laws")
struct DirectionLawTests {
  static let laws: [DirectionLaw] = [
    .rademacher, .gaussian, .sphere, .hadamard, DirectionLaw(.rademacher, mask: 0.4),
    DirectionLaw(.gaussian, mask: 0.9), DirectionLaw(.sphere, mask: 0.5), DirectionLaw(.hadamard, mask: 0.25),
  ]

  /// Directions of one draw, [direction][component].
  private func directions(
    _ law: DirectionLaw, _ count: Int, components n: Int, first: Int = 0, draw: Int = 0, lane: Int = 0,
    set: InstructionSet = .best
  ) -> [[Float]] {
    var out = [Float](repeating: 0, count: count * n)
    DirectionSource(seed: 3, purpose: .weights).fill(
      law, step: draw, lane: lane, first: first * n, count: n, directions: count, into: &out,
      kernels: .table(for: set))
    return (0..<count).map { Array(out[$0 * n..<($0 + 1) * n]) }
  }

  private func dot(_ a: [Float], _ b: [Float]) -> Double { zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) } }

  @Test("components have mean 0, variance 1 and no correlation", arguments: laws)
  func moments(law: DirectionLaw) {
    let n = 6
    let draws = 20000
    for number in [0, 5] {
      var means = [Double](repeating: 0, count: n)
      var products = [[Double]](repeating: means, count: n)
      var squares = products
      for draw in 0..<draws {
        let v = directions(law, 1, components: n, first: number, draw: draw)[0].map { Double($0) }
        for i in 0..<n {
          means[i] += v[i]
          for j in 0..<n {
            products[i][j] += v[i] * v[j]
            squares[i][j] += v[i] * v[j] * v[i] * v[j]
          }
        }
      }
      let count = Double(draws)
      for i in 0..<n {
        #expect(abs(means[i] / count) < 5 / count.squareRoot())
        for j in 0..<n {
          let mean = products[i][j] / count
          let deviation = (max(squares[i][j] / count - mean * mean, 0) / count).squareRoot()
          #expect(abs(mean - (i == j ? 1 : 0)) < 5 * deviation + 1e-5)
        }
      }
    }
  }

  @Test("a direction is the same, drawn with others, alone, or by another instruction set", arguments: laws)
  func parts(law: DirectionLaw) {
    for n in [1, 5, 16, 300] {
      let all = directions(law, 7, components: n)
      #expect(all == (0..<7).map { directions(law, 1, components: n, first: $0)[0] })
      #expect(directions(law, 4, components: n, first: 3) == Array(all[3...]))
      for set in InstructionSet.supported {
        for (v, w) in zip(all, directions(law, 7, components: n, set: set)) {
          #expect(zip(v, w).allSatisfy { abs($0 - $1) < 1e-5 })
        }
      }
    }
    #expect(directions(law, 2, components: 40) != directions(law, 2, components: 40, draw: 1))
    #expect(directions(law, 2, components: 40) != directions(law, 2, components: 40, lane: 1))
  }

  @Test("sphere: the length is sqrt(n)", arguments: [1, 3, 1000])
  func sphere(n: Int) {
    for v in directions(.sphere, 5, components: n) { #expect(abs(dot(v, v) / Double(n) - 1) < 1e-5) }
  }

  @Test(
    "Hadamard: entries are +-1, and n directions of a power of two n are orthogonal", arguments: [1, 2, 8, 64, 1024])
  func orthogonal(n: Int) {
    // The second half of the directions is from another matrix.
    for set in 0..<2 {
      let count = min(n, 32)
      let vectors = directions(.hadamard, count, components: n, first: set * n + n - count, draw: 4)
      for (k, v) in vectors.enumerated() {
        #expect(v.allSatisfy { abs($0) == 1 })
        for w in vectors[..<k] { #expect(dot(v, w) == 0) }
      }
    }
  }

  @Test("Hadamard: cut to n of N columns, E <v, w>^2 = n (N - n) / (N - 1)")
  func cut() {
    for (n, order, pair) in [(6, 8, (0, 1)), (6, 8, (3, 6)), (40, 64, (1, 2)), (40, 64, (17, 60))] {
      let draws = 4000
      var sum = 0.0
      var squares = 0.0
      for draw in 0..<draws {
        let v = directions(.hadamard, 1, components: n, first: pair.0, draw: draw)[0]
        let w = directions(.hadamard, 1, components: n, first: pair.1, draw: draw)[0]
        let square = dot(v, w) * dot(v, w)
        sum += square
        squares += square * square
      }
      let mean = sum / Double(draws)
      let error = ((squares / Double(draws) - mean * mean) / Double(draws)).squareRoot()
      #expect(abs(mean - Double(n * (order - n)) / Double(order - 1)) < 5 * error)
    }
  }

  @Test("a mask leaves out its share of the entries, and scales the others", arguments: [Float(0.1), 0.75])
  func mask(probability: Float) {
    let n = 20000
    let entries = directions(DirectionLaw(.rademacher, mask: probability), 2, components: n)
    for v in entries {
      let left = v.filter { $0 == 0 }.count
      let error = (Double(n) * Double(probability * (1 - probability))).squareRoot()
      #expect(abs(Double(left) - Double(n) * Double(probability)) < 5 * error)
      #expect(v.allSatisfy { $0 == 0 || abs(abs($0) * (1 - probability).squareRoot() - 1) < 1e-6 })
    }
    #expect(entries[0].map { $0 == 0 } != entries[1].map { $0 == 0 }, "each direction has a mask of its own")
  }
}
