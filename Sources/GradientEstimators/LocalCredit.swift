import Kernels
import Runtime
import SpikingNetworks

/// Credit that needs no perturbation and nothing of other layers' weights.
///
///     dL/dI_L = chi_L (e W_out^T),    e = dL/dy
///
/// The last spiking layer's gradient by constant currents, from its own sensitivities chi_L and the readout's own
/// weights: exact, in one product. Without a linear readout the features are the layer's rates, and W_out is 1.
final class LocalCredit {
  private let pass: ForwardPass
  private let transposed: TransposedWeights

  /// Samples of one piece of work; fixed, so that bits do not depend on the threads.
  private static let block = 16

  init(_ pass: ForwardPass, _ transposed: TransposedWeights) {
    self.pass = pass
    self.transposed = transposed
  }

  /// Fills the last layer's part.
  func assign(_ e: UnsafePointer<Float>, to currents: CurrentGradients) throws(Failure) {
    let stack = pass.stack
    let last = stack.layers.count - 1
    transposed.takeReadout(pass.parameters)
    if stack.readout == nil {
      packRows(e, pass.samples, stack.features, currents.layers[last], stack.lastLayer.width)
      multiplyBySensitivities(0..<pass.samples, last, currents)
    } else {
      try propagate(
        e, columns: stack.features, stride: stack.features, by: transposed.readout, to: last, currents)
    }
  }

  /// Gradients by the currents of layer `index` from those of `columns` units above it, through feedback weights
  /// [columns][width].
  func propagate(
    _ above: UnsafePointer<Float>, columns: Int, stride: Int, by feedback: UnsafePointer<Float>, to index: Int,
    _ currents: CurrentGradients
  ) throws(Failure) {
    let layer = pass.stack.layers[index]
    let kernels = pass.kernels
    try pass.pool.forEach((pass.samples + Self.block - 1) / Self.block, unless: pass.stopFlag) { place, _ in
      let rows = place * Self.block..<min((place + 1) * Self.block, pass.samples)
      kernels.product(
        above + rows.lowerBound * stride, rows: rows.count, columns: columns, rowStride: stride, by: feedback,
        width: layer.width, into: currents.layers[index] + rows.lowerBound * layer.width, accumulate: false)
      multiplyBySensitivities(rows, index, currents)
    }
  }

  private func multiplyBySensitivities(_ rows: Range<Int>, _ index: Int, _ currents: CurrentGradients) {
    guard let traces = pass.traces else { return }
    let width = pass.stack.layers[index].width
    pass.kernels.multiplyElements(
      rows.count * width, UnsafePointer(traces.sensitivities[index]) + rows.lowerBound * width,
      currents.layers[index] + rows.lowerBound * width)
  }
}
