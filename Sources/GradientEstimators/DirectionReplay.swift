import Directions
import Kernels
import Runtime
import SpikingNetworks

/// The second pass of PerStepPerturbation through one stack: the spikes once more, and the directions that the first
/// pass drew, now that the scalars which they gave are known.
///
/// All samples take a time step together, so that memory does not grow with the number of steps.
final class DirectionReplay {
  let inputs: KeptInputs
  private let pass: ForwardPass
  private let replay: ForwardPass
  private var directions: CurrentDirections
  private let traceGradient: TraceGradient
  private let work: [Columns]
  /// Per layer [inputs][width]: the weights' gradient.
  private var weightGradients: [Buffer<Float>] = []
  /// Per thread [directions][neurons]: what was drawn for a sample and time step.
  private var drawn: [Buffer<Float>] = []
  private var products: [SpikeProducts] = []
  private var sampleMemory: SampleMemory?

  /// Columns of a layer's weights that one thread sums, in the order of steps and samples.
  private struct Columns {
    let layer: Int
    let range: Range<Int>
  }

  /// What grows with the batch.
  private struct SampleMemory {
    let samples: Int
    /// [samples][directions]: d / K.
    let scalars: Buffer<Float>
    /// Per layer [samples][width]: sum_k (d_k / K) u_k of a time step, and that summed over the steps.
    var currents: [Buffer<Float>] = []
    var currentSums: [Buffer<Float>] = []
    let paddedFeatures: Buffer<Float>

    init(_ pass: ForwardPass) throws(Failure) {
      samples = pass.samples
      let stack = pass.stack
      let (count, account) = (pass.samples, pass.account)
      let purpose = "the gradients by the currents of \(count) samples"
      func take(_ width: Int) throws(Failure) -> Buffer<Float> {
        try Buffer(try checkedProduct(count, width, for: purpose), for: purpose, account: account)
      }
      scalars = try take(pass.riders.directions)
      for layer in stack.layers {
        currents.append(try take(layer.width))
        currentSums.append(try take(layer.width))
      }
      paddedFeatures = try take(stack.featureWidth)
    }
  }

  init(_ pass: ForwardPass, _ directions: CurrentDirections) throws(Failure) {
    self.pass = pass
    self.directions = directions
    let (stack, account) = (pass.stack, pass.account)
    replay = try ForwardPass(
      stack, riders: Riders(), kernels: pass.kernels, pool: pass.pool, account: account,
      stopFlag: pass.stopFlag)
    inputs = KeptInputs(pass)
    traceGradient = try TraceGradient(pass)
    work = stack.layers.enumerated().flatMap { index, layer in
      let block = SpikeProducts.columns(of: layer.width)
      return stride(from: 0, to: layer.width, by: block).map {
        Columns(layer: index, range: $0..<min($0 + block, layer.width))
      }
    }
    for layer in stack.layers {
      weightGradients.append(
        try Buffer(
          try checkedProduct(layer.inputs, layer.width, for: "weight gradients"), for: "weight gradients",
          account: account))
    }
    for _ in 0..<pass.pool.threads {
      products.append(try SpikeProducts(account: account))
      drawn.append(
        try Buffer(
          try checkedProduct(pass.riders.directions, stack.neurons, for: "a sample's directions"),
          for: "a sample's directions", account: account))
    }
    pass.perturbation = .currents(directions)
  }

  func perturb(draw: Int) {
    directions.draw = draw
    pass.perturbation = .currents(directions)
  }

  func pack(_ parameters: UnsafePointer<Float>) { replay.parameters.pack(parameters) }

  /// Writes the stack's part of the gradient.
  ///
  /// - Parameter e: the loss's derivative by the stack's features, [samples][features].
  func write(_ e: UnsafePointer<Float>, into gradient: UnsafeMutablePointer<Float>) throws(Failure) {
    guard let traces = pass.traces else { return }
    let memory = try reserve()
    let count = pass.riders.directions
    for sample in 0..<pass.samples {
      if sample % TileState.samples == 0 { try pass.stopFlag.check() }
      for direction in 0..<count {
        memory.scalars.base[sample * count + direction] =
          Float(pass.derivative(direction, sample: sample, e, traces) / Double(count))
      }
    }
    for buffer in weightGradients { buffer.clear() }
    for buffer in memory.currentSums { buffer.clear() }
    try replay.begin(samples: pass.samples, steps: pass.steps)
    for step in 0..<pass.steps {
      try replay.step(inputs.batch(step), feeds: step == 0 || inputs.variesInTime)
      try drawCurrents(step, memory)
      try addProducts(step, memory)
    }
    try writeLayers(memory, into: gradient)
    if let readout = pass.stack.readout {
      packRows(e, pass.samples, pass.stack.features, memory.paddedFeatures.base, pass.stack.featureWidth)
      try traceGradient.write(
        traceGradient.product(
          readout, samples: pass.samples, rates: UnsafePointer(traces.rates[pass.stack.layers.count - 1]),
          outputGradient: UnsafePointer(memory.paddedFeatures.base)), into: gradient)
    }
  }

  private func reserve() throws(Failure) -> SampleMemory {
    if let sampleMemory, sampleMemory.samples >= pass.samples { return sampleMemory }
    sampleMemory = nil
    let made = try SampleMemory(pass)
    sampleMemory = made
    return made
  }
}

extension DirectionReplay {
  /// Every sample's directions of a time step, weighted by the scalars that they gave.
  private func drawCurrents(_ step: Int, _ memory: SampleMemory) throws(Failure) {
    let (stack, kernels, count) = (pass.stack, pass.kernels, pass.riders.directions)
    let tiles = (pass.samples + TileState.samples - 1) / TileState.samples
    try pass.pool.forEach(tiles, unless: pass.stopFlag) { tile, worker in
      let drawn = drawn[worker].base
      for sample in tile * TileState.samples..<min((tile + 1) * TileState.samples, pass.samples) {
        directions.draw(
          sample: sample, time: step, directions: count, neurons: stack.neurons, into: drawn, kernels: kernels)
        for (index, layer) in stack.layers.enumerated() {
          let current = memory.currents[index].base + sample * layer.width
          current.update(repeating: 0, count: layer.width)
          for direction in 0..<count {
            kernels.axpy(
              layer.neurons, memory.scalars.base[sample * count + direction],
              drawn + direction * stack.neurons + layer.neuronOffset, current)
          }
          kernels.axpy(layer.width, 1, current, memory.currentSums[index].base + sample * layer.width)
        }
      }
    }
  }

  /// Adds presynaptic spikes (or inputs) times currents of a time step.
  private func addProducts(_ step: Int, _ memory: SampleMemory) throws(Failure) {
    let (stack, kernels, samples) = (pass.stack, pass.kernels, pass.samples)
    try pass.pool.forEach(work.count, unless: pass.stopFlag) { place, worker in
      let (index, columns) = (work[place].layer, work[place].range)
      let layer = stack.layers[index]
      let source = UnsafePointer(memory.currents[index].base)
      let target = weightGradients[index].base
      if index == 0 {
        // Constant inputs are multiplied once, with the sum over the steps.
        if !inputs.variesInTime { return }
        let rows = inputs.values(step)
        for sample in 0..<samples {
          if sample % TileState.samples == 0 && pass.stopFlag.isRaised { return }
          for input in 0..<layer.inputs {
            kernels.axpy(
              columns.count, rows[sample * layer.inputs + input], source + sample * layer.width + columns.lowerBound,
              target + input * layer.width + columns.lowerBound)
          }
        }
        return
      }
      for first in stride(from: 0, to: samples, by: TileState.samples) {
        if pass.stopFlag.isRaised { return }
        let spikes = replay.state(sample: first, layer: index - 1)
        products[worker].add(
          min(TileState.samples, samples - first), positive: spikes.positive, negative: spikes.negative,
          words: stack.layers[index - 1].words, source: source + first * layer.width, width: layer.width,
          columns: columns, into: target, kernels)
      }
    }
  }

  private func writeLayers(_ memory: SampleMemory, into gradient: UnsafeMutablePointer<Float>) throws(Failure) {
    for (index, layer) in pass.stack.layers.enumerated() {
      let sums = UnsafePointer(memory.currentSums[index].base)
      if index == 0 && !inputs.variesInTime {
        try traceGradient.write(
          TraceGradient.Product(
            inputs: layer.inputs, neurons: layer.neurons, width: layer.width, samples: pass.samples,
            trace: inputs.values(0), stride: layer.inputs, current: sums, weightOffset: layer.weightOffset,
            biasOffset: layer.biasOffset), into: gradient)
        continue
      }
      unpackRows(
        UnsafePointer(weightGradients[index].base), layer.inputs, layer.width, gradient + layer.weightOffset,
        layer.neurons)
      traceGradient.writeBias(
        neurons: layer.neurons, width: layer.width, samples: pass.samples, current: sums,
        biasOffset: layer.biasOffset, into: gradient)
    }
  }
}
