import Runtime
import SpikingNetworks

/// Credit straight from the features to each of a stack's first layers, past all layers between.
///
///     dL/dI_l = chi_l (e B_l),    e = dL/dy
///
/// Direct feedback alignment (Nokland, "Direct feedback alignment provides learning in deep neural networks", NeurIPS
/// 2016, arXiv 1609.01596) with B_l [features][neurons] random; with B_l the Jacobian dy/dr_l of the features by mean
/// spike trains it is the gradient of the rate linearisation.
final class DirectFeedback {
  private let stack: Stack
  private let local: LocalCredit
  /// Per layer [features][width]; the padding is zero.
  private var matrices: [Buffer<Float>] = []

  /// - Parameter layers: how many, from the first on.
  init(_ pass: ForwardPass, layers: Int, _ local: LocalCredit) throws(Failure) {
    stack = pass.stack
    self.local = local
    for layer in stack.layers.prefix(layers) {
      matrices.append(try Buffer(stack.features * layer.width, for: "feedback weights", account: pass.account))
    }
  }

  func matrix(_ index: Int) -> UnsafeMutablePointer<Float> { matrices[index].base }

  /// Takes B_l the other way round, [neurons][featureWidth].
  func take(_ transposed: UnsafePointer<Float>, layer index: Int) {
    let layer = stack.layers[index]
    let target = matrices[index].base
    for neuron in 0..<layer.neurons {
      for j in 0..<stack.features { target[j * layer.width + neuron] = transposed[neuron * stack.featureWidth + j] }
    }
  }

  /// Fills the layers' parts.
  func assign(_ e: UnsafePointer<Float>, to currents: CurrentGradients) throws(Failure) {
    for (index, matrix) in matrices.enumerated() {
      try local.propagate(
        e, columns: stack.features, stride: stack.features, by: UnsafePointer(matrix.base), to: index, currents)
    }
  }
}
