import Runtime

/// Surrogate factors and spikes of every layer, sample and time step, as back-propagation through time needs them.
///
/// Memory: (12 width + width / 4) bytes per layer, sample and time step. The forward estimators have none of it.
package final class History {
  package struct Layer {
    /// [tiles][steps][samples of a tile][width]
    package let psi: UnsafeMutablePointer<Float>
    package let rho: UnsafeMutablePointer<Float>
    /// For the derivative of the loss by the input currents; psi and rho stay, for the derivative of another loss.
    package let currentGradient: UnsafeMutablePointer<Float>
    package let positive: UnsafeMutablePointer<UInt64>
    package let negative: UnsafeMutablePointer<UInt64>?
  }
  package let layers: [Layer]
  /// [samples][inputs], or [steps][samples][inputs] for inputs that vary in time.
  package let inputs: UnsafeMutablePointer<Float>
  package let variesInTime: Bool
  package let steps: Int
  /// Of the largest batch that there is room for.
  package let samples: Int
  private let floats: [Buffer<Float>]
  private let masks: [Buffer<UInt64>]

  init(_ stack: Stack, _ shape: BatchShape, account: MemoryAccount) throws(Failure) {
    let (samples, steps, variesInTime) = (shape.samples, shape.steps, shape.variesInTime)
    func purpose() -> Sentence { "the history of \(samples) samples over \(steps) time steps" }
    var floats: [Buffer<Float>] = []
    var masks: [Buffer<UInt64>] = []
    func take(_ count: Int) throws(Failure) -> UnsafeMutablePointer<Float> {
      floats.append(try Buffer(count, for: purpose(), account: account))
      return floats[floats.count - 1].base
    }
    func takeWords(_ count: Int) throws(Failure) -> UnsafeMutablePointer<UInt64> {
      masks.append(try Buffer(count, for: purpose(), account: account))
      return masks[masks.count - 1].base
    }
    let rows = try checkedProduct(
      (samples + TileState.samples - 1) / TileState.samples, TileState.samples, steps, for: purpose())
    var layers: [Layer] = []
    for layer in stack.layers {
      let cells = try checkedProduct(rows, layer.width, for: purpose())
      layers.append(
        Layer(
          psi: try take(cells), rho: try take(cells), currentGradient: try take(cells),
          positive: try takeWords(rows * layer.words),
          negative: stack.neuron.ternary ? try takeWords(rows * layer.words) : nil))
    }
    self.layers = layers
    inputs = try take(try checkedProduct(variesInTime ? steps : 1, samples, stack.inputs, for: purpose()))
    self.variesInTime = variesInTime
    self.steps = steps
    self.samples = samples
    self.floats = floats
    self.masks = masks
  }

  /// Row of the first sample of a tile at a time step; multiply by width or words.
  package func row(tile: Int, step: Int) -> Int {
    (tile * steps + step) * TileState.samples
  }

  /// A sample's inputs at a time step.
  package func input(step: Int, sample: Int, of width: Int) -> UnsafeMutablePointer<Float> {
    inputs + ((variesInTime ? step * samples : 0) + sample) * width
  }

  func keepInputs(_ stack: Stack, _ tile: TileState, step: Int) {
    if step > 0 && !variesInTime { return }
    input(step: step, sample: tile.first, of: stack.inputs)
      .update(from: tile.input, count: tile.count * stack.inputs)
  }
}
