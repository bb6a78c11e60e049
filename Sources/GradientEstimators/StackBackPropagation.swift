import CSystem
import Kernels
import Runtime
import SpikingNetworks

/// Back-propagation through one stack, from the loss's derivative by its features; see BackPropagation.
final class StackBackPropagation {
  private let pass: ForwardPass
  private let traceGradient: TraceGradient
  private let transposed: TransposedWeights
  private let weightGradient: Buffer<Float>
  private var paddedFeatures: Buffer<Float>?
  /// Per layer [samples][width]: dL/dI summed over time.
  private var currentSums: [Buffer<Float>] = []
  private var capacity = 0
  /// Per thread: the gradients by spikes of a tile and time step, and the carry.
  private var scratch: [Scratch] = []

  private struct Scratch {
    let spikeGradient: Buffer<Float>
    let carry: Buffer<Float>
    let products: SpikeProducts
  }

  init(_ pass: ForwardPass) throws(Failure) {
    self.pass = pass
    let stack = pass.stack
    let account = pass.account
    traceGradient = try TraceGradient(pass)
    transposed = try TransposedWeights(stack, layers: true, account: account)
    let largest = stack.layers.reduce(0) { max($0, $1.inputs * $1.width) }
    weightGradient = try Buffer(largest, for: "weight gradients", account: account)
    let widest = stack.layers.reduce(0) { max($0, $1.width) }
    for _ in 0..<pass.pool.threads {
      scratch.append(
        Scratch(
          spikeGradient: try Buffer(TileState.samples * widest, for: "spike gradients", account: account),
          carry: try Buffer(TileState.samples * widest, for: "membrane gradients", account: account),
          products: try SpikeProducts(account: account)))
    }
  }

  /// Writes the stack's part of the gradient.
  func write(_ e: UnsafePointer<Float>, into gradient: UnsafeMutablePointer<Float>) throws(Failure) {
    guard let traces = pass.traces, let history = pass.history else { return }
    let stack = pass.stack
    try reserve(pass.samples)
    guard let paddedFeatures else { return }
    packRows(e, pass.samples, stack.features, paddedFeatures.base, stack.featureWidth)
    transpose()
    let tiles = (pass.samples + TileState.samples - 1) / TileState.samples
    try pass.pool.forEach(tiles, unless: pass.stopFlag) { tile, worker in
      propagate(tile, scratch[worker], UnsafePointer(paddedFeatures.base), history)
    }
    for index in stack.layers.indices { try writeGradient(index, history, into: gradient) }
    if let readout = stack.readout {
      try traceGradient.write(
        traceGradient.product(
          readout, samples: pass.samples, rates: UnsafePointer(traces.rates[stack.layers.count - 1]),
          outputGradient: UnsafePointer(paddedFeatures.base)), into: gradient)
    }
  }

  private func reserve(_ samples: Int) throws(Failure) {
    if samples <= capacity { return }
    let purpose = "the gradients of \(samples) samples"
    capacity = 0
    paddedFeatures = try Buffer(samples * pass.stack.featureWidth, for: purpose, account: pass.account)
    currentSums = []
    for layer in pass.stack.layers {
      currentSums.append(try Buffer(samples * layer.width, for: purpose, account: pass.account))
    }
    capacity = samples
  }
}

extension StackBackPropagation {
  /// Of the parameters that the pass ran with.
  private func transpose() {
    for index in pass.stack.layers.indices.dropFirst() {
      transposed.take(UnsafePointer(pass.parameters.weights[index]), layer: index)
    }
    transposed.takeReadout(pass.parameters)
  }

  /// From the last layer and time step of a tile back to the first.
  private func propagate(_ tile: Int, _ scratch: Scratch, _ e: UnsafePointer<Float>, _ history: History) {
    let stack = pass.stack
    let kernels = pass.kernels
    let first = tile * TileState.samples
    let count = min(TileState.samples, pass.samples - first)
    for index in stack.layers.indices.reversed() {
      let layer = stack.layers[index]
      let kept = history.layers[index]
      let cells = count * layer.width
      let sum = currentSums[index].base + first * layer.width
      sum.update(repeating: 0, count: cells)
      scratch.carry.clear()
      if index == stack.layers.count - 1 { readOutGradient(e + first * stack.featureWidth, count, scratch) }
      for step in (0..<pass.steps).reversed() {
        if pass.stopFlag.isRaised { return }
        let row = history.row(tile: tile, step: step)
        if index < stack.layers.count - 1 {
          let above = stack.layers[index + 1]
          kernels.product(
            UnsafePointer(history.layers[index + 1].currentGradient + row * above.width), rows: count,
            columns: above.neurons, rowStride: above.width, by: transposed.layer(index + 1),
            width: layer.width, into: scratch.spikeGradient.base, accumulate: false)
        }
        let current = kept.currentGradient + row * layer.width
        var arguments = rfgk_backward(
          count: Int64(cells), leak: stack.neuron.leak, spike_gradient: UnsafePointer(scratch.spikeGradient.base),
          psi: UnsafePointer(kept.psi + row * layer.width), rho: UnsafePointer(kept.rho + row * layer.width),
          carry: scratch.carry.base, current_gradient: current)
        kernels.backwardStep(&arguments)
        kernels.axpy(cells, 1, UnsafePointer(current), sum)
        if index == stack.layers.count - 1 && stack.readoutWindow != .flat {
          kernels.scale(cells, stack.readoutKept(at: step), scratch.spikeGradient.base)
        }
      }
    }
  }

  /// dL/ds of the last layer at the last time step; at those before it the same, but for the readout's window.
  private func readOutGradient(_ e: UnsafePointer<Float>, _ count: Int, _ scratch: Scratch) {
    let stack = pass.stack
    let width = stack.lastLayer.width
    if stack.readout == nil {
      scratch.spikeGradient.base.update(from: e, count: count * width)
    } else {
      pass.kernels.product(
        e, rows: count, columns: stack.features, rowStride: stack.featureWidth,
        by: transposed.readout, width: width, into: scratch.spikeGradient.base,
        accumulate: false)
    }
    pass.kernels.scale(count * width, stack.readoutScale(steps: pass.steps), scratch.spikeGradient.base)
  }

  /// dL/dW_l = sum over samples and steps of presynaptic signal times dL/dI_l.
  private func writeGradient(
    _ index: Int, _ history: History, into gradient: UnsafeMutablePointer<Float>
  ) throws(Failure) {
    let stack = pass.stack
    let layer = stack.layers[index]
    let sum = UnsafePointer(currentSums[index].base)
    if index == 0 && !history.variesInTime {
      try traceGradient.write(
        TraceGradient.Product(
          inputs: layer.inputs, neurons: layer.neurons, width: layer.width, samples: pass.samples,
          trace: UnsafePointer(history.inputs), stride: layer.inputs, current: sum, weightOffset: layer.weightOffset,
          biasOffset: layer.biasOffset), into: gradient)
      return
    }
    let target = weightGradient.base
    target.update(repeating: 0, count: layer.inputs * layer.width)
    let block = SpikeProducts.columns(of: layer.width)
    try pass.pool.forEach((layer.width + block - 1) / block, unless: pass.stopFlag) { place, worker in
      let columns = place * block..<min((place + 1) * block, layer.width)
      if index == 0 {
        addInputProducts(history, columns, into: target)
      } else {
        addSpikeProducts(index, history, columns, scratch[worker].products, into: target)
      }
    }
    unpackRows(UnsafePointer(target), layer.inputs, layer.width, gradient + layer.weightOffset, layer.neurons)
    traceGradient.writeBias(
      neurons: layer.neurons, width: layer.width, samples: pass.samples, current: sum, biasOffset: layer.biasOffset,
      into: gradient)
  }

  private func addSpikeProducts(
    _ index: Int, _ history: History, _ columns: Range<Int>, _ products: SpikeProducts,
    into target: UnsafeMutablePointer<Float>
  ) {
    let layer = pass.stack.layers[index]
    let below = pass.stack.layers[index - 1]
    let presynaptic = history.layers[index - 1]
    let gradients = history.layers[index].currentGradient
    func add(row: Int, count: Int) {
      products.add(
        count, positive: UnsafePointer(presynaptic.positive + row * below.words),
        negative: presynaptic.negative.map { UnsafePointer($0 + row * below.words) }, words: below.words,
        source: UnsafePointer(gradients + row * layer.width), width: layer.width, columns: columns, into: target,
        pass.kernels)
    }
    for first in stride(from: 0, to: pass.samples, by: TileState.samples) {
      if pass.stopFlag.isRaised { return }
      let tile = first / TileState.samples
      let count = min(TileState.samples, pass.samples - first)
      if count == TileState.samples {
        // A whole tile's rows lie side by side.
        add(row: history.row(tile: tile, step: 0), count: pass.steps * count)
      } else {
        for step in 0..<pass.steps { add(row: history.row(tile: tile, step: step), count: count) }
      }
    }
  }

  /// The first layer's, where the inputs vary in time.
  private func addInputProducts(_ history: History, _ columns: Range<Int>, into target: UnsafeMutablePointer<Float>) {
    let layer = pass.stack.layers[0]
    for first in stride(from: 0, to: pass.samples, by: TileState.samples) {
      if pass.stopFlag.isRaised { return }
      for step in 0..<pass.steps {
        let row = history.row(tile: first / TileState.samples, step: step)
        for place in 0..<min(TileState.samples, pass.samples - first) {
          let inputs = history.inputs + (step * pass.samples + first + place) * layer.inputs
          let source = history.layers[0].currentGradient + (row + place) * layer.width + columns.lowerBound
          for input in 0..<layer.inputs {
            pass.kernels.axpy(
              columns.count, inputs[input], UnsafePointer(source), target + input * layer.width + columns.lowerBound)
          }
        }
      }
    }
  }
}
