import Runtime
import SpikingNetworks

/// Matrices of a stack the other way round: a layer's weights as [neurons][padded inputs], the readout's as
/// [features][width of the last layer].
///
/// Only the readout's are ever used by estimators that are forward-only; those of the layers are back-propagation's,
/// or what a weight mirror learned.
final class TransposedWeights {
  private let stack: Stack
  /// Nothing for layer 0, below which there is nobody to tell.
  private let layers: [Buffer<Float>]
  private let readoutWeights: Buffer<Float>

  init(_ stack: Stack, layers wanted: Bool, account: MemoryAccount) throws(Failure) {
    self.stack = stack
    var layers: [Buffer<Float>] = []
    for (index, layer) in stack.layers.enumerated() {
      layers.append(
        try Buffer(
          index == 0 || !wanted ? 0 : layer.neurons * padded(layer.inputs), for: "transposed weights",
          account: account))
    }
    self.layers = layers
    readoutWeights = try Buffer(
      stack.readout == nil ? 0 : stack.features * stack.lastLayer.width, for: "transposed weights", account: account)
  }

  func layer(_ index: Int) -> UnsafePointer<Float> { UnsafePointer(layers[index].base) }

  var readout: UnsafePointer<Float> { UnsafePointer(readoutWeights.base) }

  /// Takes a layer's matrix, [inputs][width].
  func take(_ weights: UnsafePointer<Float>, layer index: Int) {
    let layer = stack.layers[index]
    transpose(
      weights, rows: layer.inputs, columns: layer.neurons, stride: layer.width, into: layers[index].base,
      width: padded(layer.inputs))
  }

  /// Takes the readout's matrix, [neurons][featureWidth].
  func takeReadout(_ parameters: PackedParameters) {
    guard let weights = parameters.readoutWeights else { return }
    transpose(
      UnsafePointer(weights), rows: stack.lastLayer.neurons, columns: stack.features, stride: stack.featureWidth,
      into: readoutWeights.base, width: stack.lastLayer.width)
  }

  /// 16 rows at a time, so that what is written lies side by side.
  private func transpose(
    _ matrix: UnsafePointer<Float>, rows: Int, columns: Int, stride: Int, into out: UnsafeMutablePointer<Float>,
    width: Int
  ) {
    for first in Swift.stride(from: 0, to: rows, by: 16) {
      for column in 0..<columns {
        for row in first..<min(first + 16, rows) { out[column * width + row] = matrix[row * stride + column] }
      }
    }
  }
}
