import Directions
import ReferenceNetworks
import Runtime
import SpikingNetworks
import Testing

/// Estimates with every law of directions: their mean is the gradient, their error what theory says.
@Suite("estimates by direction law")
struct DirectionLawEstimateTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let method: Method
    let law: DirectionLaw
    var directions = 1
    var testDescription: String { "\(method), \(law.entries), mask \(law.mask), K = \(directions)" }
  }

  static let cases: [Case] = {
    let laws: [DirectionLaw] = [
      .sphere, .hadamard, .lowRank(1), .lowRank(3), DirectionLaw(.rademacher, mask: 0.5),
      DirectionLaw(.gaussian, mask: 0.25),
    ]
    return laws.flatMap { law in
      [
        Case(method: .global, law: law), Case(method: .globalRate, law: law, directions: 4),
        Case(method: .layerwise, law: law, directions: 3), Case(method: .tensorwiseRate, law: law, directions: 2),
        Case(method: .tensorwise, law: law),
      ]
    } + [Case(method: .tensorwise, law: .gaussian), Case(method: .tensorwiseRate, law: .rademacher, directions: 4)]
  }()

  private let data = Samples(4, inputs: 2, outputs: 1, seed: 52)

  private func network() throws -> Network {
    let network = try Network(specification(2, [4, 3], 1, steps: 4, leak: 0.9))
    network.randomize(seed: 51)
    return network
  }

  private func blocks(_ method: Method, _ network: Network) -> [[Tensor]] {
    let tensors = network.tensors
    return switch method {
    case .layerwise, .layerwiseRate: stride(from: 0, to: tensors.count, by: 2).map { Array(tensors[$0..<$0 + 2]) }
    case .tensorwise, .tensorwiseRate: tensors.map { [$0] }
    default: [tensors]
    }
  }

  private func square(_ gradient: [Double], _ tensors: [Tensor]) -> Double {
    tensors.reduce(0) { sum, tensor in
      let part = Array(gradient[tensor.offset..<tensor.offset + tensor.count])
      return sum + dot(part, part)
    }
  }

  /// Mean squared error of the mean of K directions of one block with gradient g.
  private func theory(_ law: DirectionLaw, _ block: [Tensor], _ gradient: [Double], _ directions: Int) -> Double {
    let n = Double(block.reduce(0) { $0 + $1.count })
    let k = Double(directions)
    let all = square(gradient, block)
    let kept = 1 - Double(law.mask)
    switch law.entries {
    case .rademacher: return (n - 2 + 1 / kept) * all / k
    case .gaussian: return (n - 2 + 3 / kept) * all / k
    case .sphere: return (n - 1) * all / k
    case .hadamard:
      var order = 1.0
      while order < n { order *= 2 }
      // One component is known exactly. Else K is no more than the order in these tests.
      return order == 1 ? 0 : (n / k - 1 + (k - 1) / k * (order - n) / (order - 1)) * all
    case .lowRank(let rank):
      let matrices = square(gradient, block.filter { $0.shape.count == 2 })
      return ((n - 1) * all + 2 * Double(rank - 1) / Double(rank) * matrices) / k
    }
  }

  @Test("the mean is the gradient, the mean squared error is that of the law", arguments: cases)
  func meanAndVariance(_ this: Case) throws {
    let network = try network()
    let rate = this.method == .globalRate || this.method == .tensorwiseRate
    let gradient = network.reference.lossGradient(data, rate ? .rate : .exact)
    let estimation = try Estimation(this.method, network, data, directions: this.directions, law: this.law)
    var mean = MeanOfDraws(expected: gradient)
    for draw in 0..<1500 { mean.add(try estimation.gradient(draw: draw)) }
    #expect(mean.deviation < 5)
    let expected = blocks(this.method, network).reduce(0) {
      $0 + theory(this.law, $1, gradient, this.directions)
    }
    let (error, deviation) = mean.squaredError
    #expect(deviation < 0.08 * expected)
    #expect(abs(error - expected) < 5 * deviation, "\(error) instead of \(expected)")
  }

  @Test("Hadamard directions, as many as parameters, a power of two: the exact gradient")
  func completeHadamard() throws {
    let network = try Network(specification(1, [5], 1, steps: 6, leak: 0.9))
    network.randomize(seed: 4)
    #expect(network.parameterCount == 16)
    let data = Samples(5, inputs: 1, outputs: 1, seed: 2)
    let gradient = network.reference.lossGradient(data, .exact)
    let estimation = try Estimation(.global, network, data, directions: 16, law: .hadamard)
    for draw in 0..<3 { #expect(relativeError(try estimation.gradient(draw: draw), gradient) < 1e-5) }
  }

  @Test("Hadamard directions, as many as neurons, a power of two: activity perturbation without noise")
  func completeHadamardActivity() throws {
    let network = try Network(specification(2, [5, 3], 1, steps: 6, leak: 0.9))
    network.randomize(seed: 5)
    let data = Samples(9, inputs: 2, outputs: 1, seed: 2)
    let gradient = network.reference.lossGradient(data, .rate)
    let estimation = try Estimation(.activityRate, network, data, directions: 8, law: .hadamard)
    for draw in 0..<3 { #expect(relativeError(try estimation.gradient(draw: draw), gradient) < 1e-5) }
  }

  @Test(
    "activity perturbation: the mean is its gradient",
    arguments: [DirectionLaw.sphere, .hadamard, DirectionLaw(.rademacher, mask: 0.5), DirectionLaw(.sphere, mask: 0.3)])
  func activity(law: DirectionLaw) throws {
    let network = try network()
    for (method, route) in [(Method.activity, ReferenceNetwork.Route.activity), (.activityRate, .rate)] {
      let estimation = try Estimation(method, network, data, directions: 3, law: law)
      var mean = MeanOfDraws(expected: network.reference.lossGradient(data, route))
      var scaled = mean
      for draw in 0..<1500 {
        let estimate = try estimation.gradient(draw: draw)
        mean.add(estimate)
        scaled.add(estimate.map { 1.15 * $0 })
      }
      #expect(mean.deviation < 5)
      #expect(scaled.deviation > 5, "a factor of 1.15")
    }
  }

  /// One direction's estimate is <g, v> v, so that v is estimate / sqrt(<g, estimate>) but for its sign.
  private func direction(_ estimate: [Double], _ gradient: [Double]) -> [Double] {
    let square = dot(gradient, estimate)
    return estimate.map { $0 / square.squareRoot() }
  }

  @Test("low rank: weights are sums of rank products of signs, and the scalar is that of the whole matrix")
  func lowRank() throws {
    let network = try network()
    for (method, route) in [(Method.global, ReferenceNetwork.Route.exact), (.globalRate, .rate)] {
      let gradient = network.reference.lossGradient(data, route)
      for rank in [1, 2, 5, 17] {
        let estimation = try Estimation(method, network, data, directions: 1, law: .lowRank(rank))
        for draw in 0..<3 {
          let v = direction(try estimation.gradient(draw: draw), gradient)
          for tensor in network.tensors {
            let scale = tensor.shape.count == 2 ? Double(rank).squareRoot() : 1
            let entries = v[tensor.offset..<tensor.offset + tensor.count].map { $0 * scale }
            for entry in entries {
              #expect(abs(entry - entry.rounded()) < 1e-2)
              #expect(abs(Int(entry.rounded())) % 2 == (tensor.shape.count == 2 ? rank % 2 : 1))
            }
          }
        }
      }
    }
  }

  @Test("low rank 1: every row of a weight matrix is plus or minus the first")
  func rankOne() throws {
    let network = try network()
    let gradient = network.reference.lossGradient(data, .exact)
    let estimation = try Estimation(.global, network, data, directions: 1, law: .lowRank(1))
    let v = direction(try estimation.gradient(), gradient)
    for tensor in network.tensors where tensor.shape.count == 2 {
      let neurons = tensor.shape[1]
      let rows = (0..<tensor.shape[0]).map {
        Array(v[tensor.offset + $0 * neurons..<tensor.offset + ($0 + 1) * neurons])
      }
      for row in rows { #expect(abs(abs(dot(row, rows[0])) - Double(neurons)) < 1e-2) }
    }
  }

  @Test("low-rank directions need less memory than whole ones")
  func memory() throws {
    let network = try Network(specification(40, [100, 100], 1, steps: 2))
    let used = try [DirectionLaw.rademacher, .lowRank(1)].map { law in
      let account = MemoryAccount(limit: 0)
      let estimator = try Method.globalRate.make(network, directions: 16, law: law, account: account)
      return withExtendedLifetime(estimator) { account.held }
    }
    #expect(used[1] < used[0] / 3)
  }
}
