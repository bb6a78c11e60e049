import CSystem
import Directions
import Kernels
import Runtime

/// Runs a batch through a stack, with what rides along, and keeps what weight gradients need of it.
///
/// Samples outside, time inside: a tile of samples runs all its time steps while its state stays in cache, so memory
/// does not grow with the number of steps (but for the history of back-propagation). A pass either runs all steps at
/// once (`run`) or is stepped by the host (`begin`, `step`, `finish`); both give the same bits.
package final class ForwardPass {
  package let stack: Stack
  package let parameters: PackedParameters
  /// May be changed until the first pass.
  package var riders: Riders
  /// Of each layer.
  package private(set) var surrogateWidths: [Float]
  /// psi(0) of each layer.
  private var peaks: [Float]
  /// Of the noise of each layer, where psi is sampled or masked.
  private var counters: [rfgk_counter]
  /// Nil where the surrogate is computed.
  package var sampling: SurrogateSampling?
  package var perturbation: Perturbation?
  package let kernels: KernelTable
  package let pool: ThreadPool
  package let account: MemoryAccount
  package let stopFlag: StopFlag

  /// Samples of the last pass and its time steps.
  package private(set) var samples = 0
  package private(set) var steps = 0
  package private(set) var traces: Traces?
  package private(set) var history: History?
  /// Of the last pass, if spikes were to be counted.
  private(set) var spikes: SpikeTally?

  /// One tile for each thread, or one for each tile of samples when the host steps.
  private var workers: [TileState] = []
  private var stepped: [TileState] = []
  private var prepared: Run?
  private var spikeTables: SpikeTables?

  package init(
    _ stack: Stack, riders: Riders, perturbation: Perturbation? = nil, kernels: KernelTable, pool: ThreadPool,
    account: MemoryAccount, stopFlag: StopFlag
  ) throws(Failure) {
    self.stack = stack
    self.riders = riders
    surrogateWidths = stack.layers.map { _ in stack.surrogate.width }
    peaks = surrogateWidths.map { Surrogate(shape: stack.surrogate.shape, width: $0).peak }
    counters = stack.layers.map { _ in rfgk_counter() }
    self.perturbation = perturbation
    self.kernels = kernels
    self.pool = pool
    self.account = account
    self.stopFlag = stopFlag
    parameters = try PackedParameters(stack, panels: true, for: "the padded parameters", account: account)
  }

  func setSurrogateWidth(_ width: Float, of layer: Int) {
    if width == surrogateWidths[layer] { return }
    surrogateWidths[layer] = width
    peaks[layer] = Surrogate(shape: stack.surrogate.shape, width: width).peak
  }

  private func stepper() -> TimeStepper {
    if let sampling {
      for layer in counters.indices { counters[layer] = sampling.counter(stack, layer, kernels) }
    }
    return TimeStepper(
      stack: stack, kernels: kernels, parameters: parameters,
      tables: SpikeTables.pay(samples, stack, riders) ? spikeTables : nil, riders: riders, perturbation: perturbation,
      history: history, peaks: peaks, sampling: sampling.map { ($0, counters) })
  }

  func tiles(_ samples: Int) -> Int { (samples + TileState.samples - 1) / TileState.samples }

  /// All time steps of a batch. Memory: O(samples x neurons), whatever the number of steps.
  package func run(_ inputs: InputBatch, steps: Int) throws(Failure) {
    try prepare(inputs, steps: steps, loop: tiles(inputs.samples))
    try pool.forEach(preparedTiles, unless: stopFlag) { index, worker in runTile(index, worker) }
    conclude()
  }

  /// What all tiles of a batch that runs as a whole share.
  private struct Run {
    let inputs: InputBatch
    let stepper: TimeStepper
    let finisher: TileFinisher
    let redraws: Bool
    let stepsAtOnce: Int
  }

  /// Gets ready for a batch, of which the tiles may then run in any order: those of several passes in one shared loop
  /// keep all threads busy.
  ///
  /// - Parameter loop: tiles in the shared loop.
  func prepare(_ inputs: InputBatch, steps: Int, loop: Int) throws(Failure) {
    prepared = nil
    let traces = try prepareTraces(inputs.samples)
    try prepareHistory(samples: inputs.samples, steps: steps, variesInTime: inputs.variesInTime)
    while workers.count < min(pool.threads, loop) {
      workers.append(
        try TileState(stack, riders, steps: TileState.stepsAtOnce(stack, riders), account: account))
    }
    try prepareTables(inputs.samples)
    samples = inputs.samples
    self.steps = steps
    prepared = Run(
      inputs: inputs, stepper: stepper(), finisher: TileFinisher(pass: self, traces: traces), redraws: redraws,
      stepsAtOnce: inputs.variesInTime || redraws || sampling != nil ? 1 : TileState.stepsAtOnce(stack, riders))
  }

  var preparedTiles: Int { prepared == nil ? 0 : tiles(samples) }

  /// Leaves the tile unfinished when the flag is raised, which whoever runs the loop checks behind it.
  func runTile(_ index: Int, _ worker: Int) {
    guard let prepared else { return }
    let stopFlag = stopFlag
    let tile = workers[worker]
    let inputs = prepared.inputs
    begin(tile, index)
    for time in stride(from: 0, to: steps, by: prepared.stepsAtOnce) {
      if stopFlag.isRaised { return }
      if time == 0 || inputs.variesInTime { prepared.stepper.feed(tile, inputs, time: time, sample: tile.first) }
      if prepared.redraws { draw(tile) }
      prepared.stepper.advance(tile, steps: min(prepared.stepsAtOnce, steps - time))
    }
    prepared.finisher.finish(tile)
    prepared.finisher.traces.keepSpikes(stack, tile, index)
  }

  /// After the tiles.
  func conclude() {
    if prepared == nil { return }
    spikes = traces?.tallySpikes(stack, tiles: tiles(samples))
    prepared = nil
  }

  /// Forgets a batch of which the tiles never ran, as another pass could not get ready.
  func dismiss() { prepared = nil }

  /// Clears the state for a batch that the host will step.
  package func begin(samples: Int, steps: Int) throws(Failure) {
    _ = try prepareTraces(samples)
    try prepareHistory(samples: samples, steps: steps, variesInTime: true)
    try prepareTables(samples)
    while stepped.count < tiles(samples) {
      try stopFlag.check()
      stepped.append(try TileState(stack, riders, account: account))
    }
    self.samples = samples
    self.steps = 0
    for index in 0..<tiles(samples) {
      try stopFlag.check()
      begin(stepped[index], index)
    }
  }

  /// One time step of the batch that `begin` cleared; if it throws, some samples have done it and some have not.
  ///
  /// - Parameter feeds: false if the input is that of the step before.
  package func step(_ input: InputBatch, feeds: Bool = true) throws(Failure) {
    let stepper = stepper()
    let redraws = redraws
    try pool.forEach(tiles(samples), unless: stopFlag) { index, _ in
      if feeds { stepper.feed(stepped[index], input, time: 0, sample: stepped[index].first) }
      if redraws { draw(stepped[index]) }
      stepper.advance(stepped[index])
    }
    steps += 1
  }

  /// Brings features and traces up to date with the steps done.
  package func finish() throws(Failure) {
    guard let traces else { return }
    let finisher = TileFinisher(pass: self, traces: traces)
    try pool.forEach(tiles(samples), unless: stopFlag) { index, _ in finisher.finish(stepped[index]) }
  }

  /// The state of a stepped sample's layer: its tile, and its row there.
  package func state(sample: Int, layer: Int) -> (
    membrane: UnsafePointer<Float>, positive: UnsafePointer<UInt64>, negative: UnsafePointer<UInt64>?
  ) {
    let state = stepped[sample / TileState.samples].layers[layer]
    let row = sample % TileState.samples
    return (
      UnsafePointer(state.membrane + row * stack.layers[layer].width),
      UnsafePointer(state.positive + row * stack.layers[layer].words),
      state.negative.map { UnsafePointer($0 + row * stack.layers[layer].words) }
    )
  }

  private func begin(_ tile: TileState, _ index: Int) {
    let first = index * TileState.samples
    tile.begin(stack, first: first, count: min(TileState.samples, samples - first))
    if !redraws { draw(tile) }
  }

  /// Whether every time step has perturbations of its own.
  private var redraws: Bool {
    if case .currents(let directions) = perturbation { directions.everyStep } else { false }
  }

  /// Draws the perturbations of the coming time step, or of all.
  private func draw(_ tile: TileState) {
    guard riders.currents, case .currents(let directions) = perturbation, let layout = riders.layout else { return }
    let row = layout.directions * stack.neurons
    for sample in 0..<tile.count {
      directions.draw(
        sample: tile.first + sample, time: tile.steps, directions: layout.directions, neurons: stack.neurons,
        into: tile.drawn + sample * row, kernels: kernels)
    }
    if riders.noise != 0 { addNoise(tile, layout) }
    if !riders.fullTangents { return }
    for layer in stack.layers.indices {
      CurrentDirections.layOut(
        UnsafePointer(tile.drawn), stack, layer: layer, layout, samples: tile.count,
        into: tile.layers[layer].currentTangent)
    }
  }

  private func addNoise(_ tile: TileState, _ layout: PerturbationLayout) {
    for (index, layer) in stack.layers.enumerated() {
      guard let biases = tile.layers[index].noisyBiases else { continue }
      CurrentDirections.layOut(
        UnsafePointer(tile.drawn), stack, layer: index, layout, samples: tile.count, into: biases)
      kernels.scale(tile.count * layer.width, riders.noise, biases)
      for row in 0..<tile.count {
        kernels.axpy(layer.width, 1, UnsafePointer(parameters.biases[index]), biases + row * layer.width)
      }
    }
  }

  private func prepareTables(_ samples: Int) throws(Failure) {
    if !SpikeTables.pay(samples, stack, riders) { return }
    let tables = if let spikeTables { spikeTables } else { try SpikeTables(stack, account: account) }
    spikeTables = tables
    tables.take(parameters, stack, kernels)
  }

  private func prepareTraces(_ samples: Int) throws(Failure) -> Traces {
    if let traces, traces.capacity >= samples { return traces }
    traces = nil
    let made = try Traces(stack, riders, samples: samples, account: account)
    traces = made
    return made
  }

  private func prepareHistory(samples: Int, steps: Int, variesInTime: Bool) throws(Failure) {
    if !riders.history { return }
    if let history, history.fits(samples: samples, steps: steps, variesInTime: variesInTime) { return }
    history = nil
    history = try History(stack, samples: samples, steps: steps, variesInTime: variesInTime, account: account)
  }
}
