import CSystem
import Runtime

/// A copy of flat parameters whose rows are padded and aligned for the kernels.
///
/// Also holds a direction in parameter space, or the part of one that belongs to some layers: it is laid out like the
/// parameters that it perturbs.
package final class PackedParameters {
  /// Per LIF layer: [inputs][width], and [width].
  package let weights: [UnsafeMutablePointer<Float>]
  package let biases: [UnsafeMutablePointer<Float>]
  /// Per LIF layer: the weights by which spikes arrive, in panels (RFGK_PANEL). Where one panel is enough they are
  /// `weights`; only what runs forward passes has others.
  let panels: [UnsafeMutablePointer<Float>]
  /// [neurons][featureWidth] and [featureWidth]; nil where features are spike trains.
  package let readoutWeights: UnsafeMutablePointer<Float>?
  package let readoutBias: UnsafeMutablePointer<Float>?
  /// How often parameters were packed.
  private(set) var version = 0
  private let stack: Stack
  private let memory: Buffer<Float>

  /// - Parameter panels: whether spikes will be sent through the weights.
  package init(
    _ stack: Stack, panels: Bool = false, for purpose: @autoclosure () -> Sentence, account: MemoryAccount
  ) throws(Failure) {
    func hasPanels(_ index: Int) -> Bool { panels && index > 0 && stack.layers[index].width > Self.panel }
    var count = 0
    for (index, layer) in stack.layers.enumerated() {
      count += (layer.inputs + 1) * layer.width
      if hasPanels(index) { count += layer.inputs * layer.width }
    }
    if stack.readout != nil { count += (stack.lastLayer.neurons + 1) * stack.featureWidth }
    memory = try Buffer(count, for: purpose(), account: account)
    var place = memory.base
    func take(_ rows: Int, _ width: Int) -> UnsafeMutablePointer<Float> {
      defer { place += rows * width }
      return place
    }
    var weights: [UnsafeMutablePointer<Float>] = []
    var biases: [UnsafeMutablePointer<Float>] = []
    for layer in stack.layers {
      weights.append(take(layer.inputs, layer.width))
      biases.append(take(1, layer.width))
    }
    self.panels = stack.layers.indices.map { index in
      hasPanels(index) ? take(stack.layers[index].inputs, stack.layers[index].width) : weights[index]
    }
    self.weights = weights
    self.biases = biases
    readoutWeights = stack.readout == nil ? nil : take(stack.lastLayer.neurons, stack.featureWidth)
    readoutBias = stack.readout == nil ? nil : take(1, stack.featureWidth)
    self.stack = stack
  }

  /// Copies flat parameters in; O(parameters).
  package func pack(_ flat: UnsafePointer<Float>) {
    version += 1
    for (index, layer) in stack.layers.enumerated() {
      packRows(flat + layer.weightOffset, layer.inputs, layer.neurons, weights[index], layer.width)
      packRows(flat + layer.biasOffset, 1, layer.neurons, biases[index], layer.width)
      if panels[index] != weights[index] { packPanels(layer, from: weights[index], to: panels[index]) }
    }
    if let readout = stack.readout, let readoutWeights, let readoutBias {
      let neurons = stack.lastLayer.neurons
      packRows(flat + readout.weightOffset, neurons, stack.features, readoutWeights, stack.featureWidth)
      packRows(flat + readout.biasOffset, 1, stack.features, readoutBias, stack.featureWidth)
    }
  }
}

extension PackedParameters {
  static var panel: Int { Int(RFGK_PANEL) }

  private func packPanels(
    _ layer: LIFLayer, from rows: UnsafeMutablePointer<Float>, to panels: UnsafeMutablePointer<Float>
  ) {
    for first in stride(from: 0, to: layer.width, by: Self.panel) {
      let columns = min(Self.panel, layer.width - first)
      for row in 0..<layer.inputs {
        let place = layer.inputs * first + row * columns
        (panels + place).update(from: rows + (row * layer.width + first), count: columns)
      }
    }
  }
}

/// Copies rows of `columns` numbers to rows of `width`; the padding is left as it is.
package func packRows(
  _ source: UnsafePointer<Float>, _ rows: Int, _ columns: Int, _ target: UnsafeMutablePointer<Float>, _ width: Int
) {
  if columns == width { return target.update(from: source, count: rows * width) }
  for row in 0..<rows { (target + row * width).update(from: source + row * columns, count: columns) }
}

/// Copies rows of `width` numbers to rows of `columns`, dropping the padding.
package func unpackRows(
  _ source: UnsafePointer<Float>, _ rows: Int, _ width: Int, _ target: UnsafeMutablePointer<Float>, _ columns: Int
) {
  if columns == width { return target.update(from: source, count: rows * width) }
  for row in 0..<rows { (target + row * columns).update(from: source + row * width, count: columns) }
}
