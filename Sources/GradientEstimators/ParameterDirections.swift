import Directions
import Kernels
import Runtime
import SpikingNetworks

/// Which parameters share a direction.
package enum ParameterSplitting: Sendable {
  case global
  /// Weights and biases of a layer; the readout is a layer.
  case layerwise
  /// Weights and biases apart.
  case tensorwise
}

/// Random directions in parameter space: which parameters each perturbs, and its components.
///
/// They are never kept: the draw, the number of the direction and the place of the parameters name the components.
/// Blocks are in the order of the parameters, and so are their directions: those of block b are b K ..< (b + 1) K.
final class ParameterDirections {
  /// Parameters that are perturbed together.
  struct Block {
    let tensors: [Tensor]
    /// Its place in the flat parameters.
    let offset: Int
    let count: Int
    /// Numbers that its directions are drawn from: as many as components, or fewer for low ranks.
    let numbers: Int
  }
  let blocks: [Block]
  /// K, the same for all blocks.
  let perBlock: Int
  let law: DirectionLaw
  var draw = 0
  let kernels: KernelTable
  let stopFlag: StopFlag
  private let source: DirectionSource
  private let factors: Buffer<Float>

  init(
    _ network: Network, _ splitting: ParameterSplitting, directions: Int, law: DirectionLaw, seed: UInt64,
    account: MemoryAccount
  ) throws(Failure) {
    var groups: [[Tensor]] = []
    switch splitting {
    case .global: groups = [network.tensors]
    case .layerwise:
      groups = stride(from: 0, to: network.tensors.count, by: 2).map { Array(network.tensors[$0..<$0 + 2]) }
    case .tensorwise: groups = network.tensors.map { [$0] }
    }
    blocks = groups.map { tensors in
      Block(
        tensors: tensors, offset: tensors[0].offset, count: tensors.reduce(0) { $0 + $1.count },
        numbers: tensors.reduce(0) { $0 + $1.numbers(law) })
    }
    perBlock = directions
    self.law = law
    source = DirectionSource(seed: seed, purpose: .weights)
    kernels = network.kernels
    stopFlag = network.stopFlag
    let most = law.rank > 0 ? blocks.reduce(0) { max($0, $1.numbers) } : 0
    factors = try Buffer(most, for: "the factors of a direction", account: account)
  }

  var largestBlock: Int { blocks.reduce(0) { max($0, $1.count) } }
  var mostNumbers: Int { blocks.reduce(0) { max($0, $1.numbers) } }

  /// Parameters that the directions perturb, of all blocks.
  var count: Int { blocks.reduce(0) { $0 + $1.count } }

  /// Draws what a direction is made of: its components, or of a low rank [inputs][rank] and [rank][neurons] for each
  /// matrix and all components of the biases.
  func drawNumbers(_ direction: Int, block index: Int, into numbers: UnsafeMutablePointer<Float>) {
    let block = blocks[index]
    // Each is a lane of its own, but for the rows of one Hadamard matrix.
    let shared = law.entries == .hadamard
    source.fill(
      law, step: draw, lane: index * perBlock + (shared ? 0 : direction),
      first: shared ? direction * block.count : block.offset, count: block.numbers, into: numbers, kernels: kernels)
  }

  /// Draws all components of a direction.
  func drawComponents(_ direction: Int, block index: Int, into components: UnsafeMutablePointer<Float>) {
    if law.rank == 0 { return drawNumbers(direction, block: index, into: components) }
    drawNumbers(direction, block: index, into: factors.base)
    var numbers = UnsafePointer(factors.base)
    var place = components
    for tensor in blocks[index].tensors {
      expand(tensor, numbers, into: place)
      numbers += tensor.numbers(law)
      place += tensor.count
    }
  }

  private func expand(
    _ tensor: Tensor, _ numbers: UnsafePointer<Float>, into components: UnsafeMutablePointer<Float>
  ) {
    guard tensor.shape.count == 2 else { return components.update(from: numbers, count: tensor.count) }
    let rank = law.rank
    let (inputs, neurons) = (tensor.shape[0], tensor.shape[1])
    let scale = 1 / Float(rank).squareRoot()
    components.update(repeating: 0, count: tensor.count)
    for input in 0..<inputs {
      for index in 0..<rank {
        kernels.axpy(
          neurons, scale * numbers[input * rank + index], numbers + inputs * rank + index * neurons,
          components + input * neurons)
      }
    }
  }

  /// Numbers that a direction's part in a tensor is drawn from.
  func numbers(of tensor: Tensor) -> Int { tensor.numbers(law) }
}

extension Tensor {
  fileprivate func numbers(_ law: DirectionLaw) -> Int {
    law.rank > 0 && shape.count == 2 ? (shape[0] + shape[1]) * law.rank : count
  }
}
