import GradientEstimators
import ReferenceNetworks
import SpikingNetworks
import Testing

/// How fast a weight mirror learns, and that it follows weights that move.
@Suite("weight mirror")
struct WeightMirrorTests {
  private let data = Samples(4, inputs: 2, outputs: 1, seed: 42)

  /// Relative distance of the first layer's gradient, which is all that the mirror's errors touch in a network of two
  /// layers, from that with transposed weights.
  private func error(_ estimation: Estimation, draw: Int) throws -> Double {
    let gradient = try estimation.gradient(draw: draw)
    let exact = try Estimation(.spatial, estimation.network, data).gradient()
    let first = estimation.network.tensors[0]
    let range = first.offset..<first.offset + first.count
    return relativeError(Array(gradient[range]), Array(exact[range]))
  }

  @Test("the squared error falls by (n - 1) / (P + n - 1) with each draw of P = 128 perturbations of n neurons")
  func contraction() throws {
    let neurons = 300
    let network = try Network(specification(2, [neurons, 40], 1, steps: 6))
    network.randomize(seed: 3)
    let estimation = try Estimation(.weightMirror, network, data)
    _ = try estimation.gradient(draw: 0)
    // Far from what the mirror knows.
    network.randomize(seed: 4)
    let first = try error(estimation, draw: 1)
    let draws = 6
    var last = first
    for draw in 2...draws + 1 { last = try error(estimation, draw: draw) }
    let factor = Double(neurons - 1) / Double(128 + neurons - 1)
    let expected =
      first * first
      * (0..<draws).reduce(1.0) { product, _ in product * factor }
    #expect(last * last < 1.6 * expected && last * last > 0.6 * expected)
  }

  @Test("the same draw teaches once, however many estimates are made")
  func oncePerDraw() throws {
    let network = try Network(specification(2, [30, 20], 1, steps: 6))
    let estimation = try Estimation(.weightMirror, network, data)
    try estimation.forward(draw: 0)
    let first = try estimation.estimate().gradient
    #expect(try estimation.estimate().gradient == first)
  }

  @Test("weights that move at each draw are followed: the error is of the size of one move")
  func follows() throws {
    let network = try Network(specification(2, [64, 64], 1, steps: 6))
    let estimation = try Estimation(.weightMirror, network, data)
    var worst = 0.0
    for draw in 0..<20 {
      worst = max(worst, try error(estimation, draw: draw))
      for tensor in network.tensors where tensor.name == "layer1.weight" {
        for index in tensor.offset..<tensor.offset + tensor.count { network.parameters.base[index] *= 1.01 }
      }
    }
    #expect(worst < 0.03)
    #expect(worst > 1e-4, "it has not simply been given the weights")
  }
}
