import CSystem
import Kernels
import Runtime

/// Directions in parameter space, laid out for one pass.
///
/// Every layer has the matrices of the directions that perturb it: K times the parameters for K directions that
/// perturb all, the parameters once for one direction per layer. Of low-rank directions only the factors are kept.
package final class WeightDirections {
  /// One for each LIF layer.
  package let layers: [LayerDirections]
  /// Of the linear readout; nil where features are spike trains.
  package let readout: LayerDirections?
  private let memory: Buffer<Float>

  /// - Parameter rank: of every direction's weight matrices; 0 keeps them whole.
  package init(
    _ stack: Stack, _ layout: PerturbationLayout, rank: Int = 0, account: MemoryAccount
  ) throws(Failure) {
    var shapes = zip(stack.layers, layout.layers).map { layer, reach in
      LayerDirections.Shape(inputs: layer.inputs, neurons: layer.neurons, reach: reach, rank: rank)
    }
    if stack.readout != nil {
      shapes.append(
        LayerDirections.Shape(
          inputs: stack.lastLayer.neurons, neurons: stack.features, reach: layout.readout, rank: rank))
    }
    memory = try Buffer(
      shapes.reduce(0) { $0 + $1.count }, for: "\(layout.directions) directions in parameter space", account: account)
    var layers: [LayerDirections] = []
    var place = memory.base
    for shape in shapes {
      layers.append(LayerDirections(shape: shape, base: place))
      place += shape.count
    }
    readout = stack.readout == nil ? nil : layers.removeLast()
    self.layers = layers
  }

  /// The directions of a stack's tensor: weights of layer 0, its biases, weights of layer 1, ...
  package func layer(ofTensor index: Int) -> LayerDirections? {
    index / 2 < layers.count ? layers[index / 2] : readout
  }
}

/// The directions that perturb one layer, and the currents that they cause.
package struct LayerDirections {
  struct Shape {
    let inputs: Int
    let neurons: Int
    let reach: PerturbationLayout.Reach
    let rank: Int

    var width: Int { padded(neurons) }
    /// Columns of the left factors, all directions' side by side.
    var innerWidth: Int { padded(reach.weights.count * rank) }
    var left: Int { rank == 0 ? reach.weights.count * inputs * width : inputs * innerWidth }
    var right: Int { reach.weights.count * rank * width }
    var count: Int { left + right + reach.biases.count * width }
  }
  private let shape: Shape
  /// [directions][inputs][width]; of a low rank the left factors [inputs][innerWidth].
  private let left: UnsafeMutablePointer<Float>
  /// Right factors [directions][rank][width].
  private let right: UnsafeMutablePointer<Float>
  /// [directions][width]
  private let biases: UnsafeMutablePointer<Float>

  init(shape: Shape, base: UnsafeMutablePointer<Float>) {
    self.shape = shape
    left = base
    right = base + shape.left
    biases = right + shape.right
  }

  /// Sets the weights of one direction, counted among those that perturb this layer's weights.
  ///
  /// - Parameter numbers: [inputs][neurons]; of a low rank the factors [inputs][rank] and [rank][neurons].
  package func setWeights(_ direction: Int, _ numbers: UnsafePointer<Float>) {
    let rank = shape.rank
    if rank == 0 {
      packRows(numbers, shape.inputs, shape.neurons, left + direction * shape.inputs * shape.width, shape.width)
      return
    }
    for input in 0..<shape.inputs {
      (left + input * shape.innerWidth + direction * rank).update(from: numbers + input * rank, count: rank)
    }
    let rows = right + direction * rank * shape.width
    packRows(numbers + shape.inputs * rank, rank, shape.neurons, rows, shape.width)
    let scale = 1 / Float(rank).squareRoot()
    for index in 0..<rank * shape.width { rows[index] *= scale }
  }

  /// Sets the biases of one direction, counted among those that perturb this layer's biases.
  package func setBiases(_ direction: Int, _ numbers: UnsafePointer<Float>) {
    packRows(numbers, 1, shape.neurons, biases + direction * shape.width, shape.width)
  }

  /// own [perturbed][samples][width] = dv + r V, for the rows r [samples][stride] that enter the layer.
  ///
  /// - Parameter inner: scratch for low ranks, [samples][innerWidth].
  /// - Complexity: inputs * neurons per row and direction; (inputs + neurons) * rank with a low rank.
  func writeCurrents(
    _ rows: UnsafePointer<Float>, stride: Int, samples: Int, inner: UnsafeMutablePointer<Float>,
    into own: UnsafeMutablePointer<Float>, _ kernels: KernelTable
  ) {
    writeBiases(samples, own)
    if shape.rank > 0 {
      kernels.product(
        rows, rows: samples, columns: shape.inputs, rowStride: stride, by: UnsafePointer(left), width: shape.innerWidth,
        into: inner, accumulate: false)
      return addFactored(samples, inner, own, kernels)
    }
    for direction in 0..<shape.reach.weights.count {
      kernels.product(
        rows, rows: samples, columns: shape.inputs, rowStride: stride,
        by: UnsafePointer(left + direction * shape.inputs * shape.width), width: shape.width,
        into: own + place(direction) * samples * shape.width, accumulate: true)
    }
  }

  /// The same for rows that are spikes: sums of the rows of those that spiked.
  func writeCurrents(
    positive: UnsafePointer<UInt64>, negative: UnsafePointer<UInt64>?, words: Int, samples: Int,
    inner: UnsafeMutablePointer<Float>, into own: UnsafeMutablePointer<Float>, _ kernels: KernelTable
  ) {
    writeBiases(samples, own)
    func add(_ matrix: UnsafeMutablePointer<Float>, _ width: Int, to out: UnsafeMutablePointer<Float>) {
      var arguments = rfgk_rows(
        samples: Int32(samples), padded: Int32(width), words: Int32(words), positive: positive, negative: negative,
        matrix: UnsafePointer(matrix), out: out, out_stride: Int64(width))
      kernels.addRows(&arguments)
    }
    if shape.rank > 0 {
      inner.update(repeating: 0, count: samples * shape.innerWidth)
      add(left, shape.innerWidth, to: inner)
      return addFactored(samples, inner, own, kernels)
    }
    for direction in 0..<shape.reach.weights.count {
      add(
        left + direction * shape.inputs * shape.width, shape.width,
        to: own + place(direction) * samples * shape.width)
    }
  }

  /// Place of a direction of the weights among all that perturb the layer.
  private func place(_ direction: Int) -> Int {
    shape.reach.weights.lowerBound - shape.reach.perturbed.lowerBound + direction
  }

  private func writeBiases(_ samples: Int, _ own: UnsafeMutablePointer<Float>) {
    let reach = shape.reach
    for (place, direction) in reach.perturbed.enumerated() {
      for row in place * samples..<(place + 1) * samples {
        let target = own + row * shape.width
        if reach.biases.contains(direction) {
          target.update(from: biases + (direction - reach.biases.lowerBound) * shape.width, count: shape.width)
        } else {
          target.update(repeating: 0, count: shape.width)
        }
      }
    }
  }

  private func addFactored(
    _ samples: Int, _ inner: UnsafeMutablePointer<Float>, _ own: UnsafeMutablePointer<Float>, _ kernels: KernelTable
  ) {
    for direction in 0..<shape.reach.weights.count {
      kernels.product(
        UnsafePointer(inner + direction * shape.rank), rows: samples, columns: shape.rank, rowStride: shape.innerWidth,
        by: UnsafePointer(right + direction * shape.rank * shape.width), width: shape.width,
        into: own + place(direction) * samples * shape.width, accumulate: true)
    }
  }
}
