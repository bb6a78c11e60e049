import CSystem
import Directions
import Kernels
import Runtime
import Synchronization

/// Runs a batch through a stack, with what rides along, and keeps what weight gradients need of it.
///
/// Samples outside, time inside: a tile of samples runs all its time steps while its state stays in cache, so memory
/// does not grow with the number of steps (but for the history of back-propagation). A pass either runs all steps at
/// once (`run`) or is stepped by the host (`begin`, `step`, `finish`); both give the same bits.
package final class ForwardPass {
  package let stack: Stack
  package let parameters: PackedParameters
  /// What was made for others goes.
  package var riders: Riders {
    didSet {
      (workers, stepped) = ([], [])
      (keptTraces, keptHistory) = (BatchMemory(), BatchMemory())
    }
  }
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

  /// Of the last pass.
  package private(set) var shape = BatchShape(samples: 0, steps: 0, variesInTime: false)
  /// Time steps that it has done.
  package private(set) var steps = 0
  private var keptTraces = BatchMemory<Traces>()
  private var keptHistory = BatchMemory<History>()

  /// One tile for each thread, or one for each tile of samples when the host steps.
  private var workers: [TileState] = []
  private var stepped: [TileState] = []
  private var prepared: Run?
  /// Whether a membrane potential of the pass has overflowed, which the neuron would be silent about.
  private let overflow = Atomic<Bool>(false)
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

  /// Samples of the last pass.
  package var samples: Int { shape.samples }

  /// What the last pass left behind.
  package var traces: Traces {
    get throws(Failure) {
      guard let traces = keptTraces.memory else { throw .contradiction("a pass is asked for before it has run") }
      return traces
    }
  }

  /// Of the last pass, if it kept one.
  package var history: History? { keptHistory.memory }

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

  /// Of the tiles of a batch, in all.
  func work(_ samples: Int, steps: Int) -> Work {
    let weights = stack.layers.reduce(stack.lastLayer.width * stack.features) { $0 + $1.inputs * $1.width }
    // Most neurons are silent in most time steps. A tangent needs all weights, at every step or once.
    let tangent = Work.product(1, weights, 1)
    let step = Work.vectors(weights / 16 + stack.neurons) + (riders.fullTangents ? riders.directions : 0) * tangent
    return samples * (steps * step + (1 + riders.directions) * tangent)
  }

  /// All time steps of a batch. Memory: O(samples x neurons), whatever the number of steps.
  package func run(_ inputs: InputBatch, steps: Int) throws(Failure) {
    try prepare(inputs, steps: steps, loop: tiles(inputs.samples))
    try pool.forEach(preparedTiles, work(inputs.samples, steps: steps), unless: stopFlag) { index, worker in
      runTile(index, worker)
    }
    try conclude()
  }

  /// What all tiles of a batch that runs as a whole share. Nothing in it keeps the pass, which keeps it: where one
  /// stack of several has no memory, those that had got ready would keep themselves for ever.
  private struct Run {
    let inputs: InputBatch
    let stepper: TimeStepper
    let traces: Traces
    let redraws: Bool
    let stepsAtOnce: Int
  }

  /// Gets ready for a batch, of which the tiles may then run in any order: those of several passes in one shared loop
  /// keep all threads busy.
  ///
  /// - Parameter loop: tiles in the shared loop.
  func prepare(_ inputs: InputBatch, steps: Int, loop: Int) throws(Failure) {
    prepared = nil
    let shape = inputs.shape(steps: steps)
    try prepareMemory(shape)
    let folds = steps > StepSums.longest
    if folds, let worker = workers.first, !worker.sums.folds { workers.removeAll() }
    while workers.count < min(pool.threads, loop) {
      workers.append(
        try TileState(stack, riders, steps: TileState.stepsAtOnce(stack, riders), folds: folds, account: account))
    }
    self.shape = shape
    self.steps = steps
    prepared = Run(
      inputs: inputs, stepper: stepper(), traces: try traces, redraws: redraws,
      stepsAtOnce: inputs.variesInTime || redraws || sampling != nil ? 1 : TileState.stepsAtOnce(stack, riders))
  }

  /// None of a pass that is not prepared: the tiles are then nobody's to run.
  var preparedTiles: Int { prepared == nil ? 0 : tiles(samples) }

  /// Leaves the tile unfinished when the flag is raised, which whoever runs the loop checks behind it.
  func runTile(_ index: Int, _ worker: Int) {
    guard let prepared else { return }
    let stopFlag = stopFlag
    let tile = workers[worker]
    let inputs = prepared.inputs
    begin(tile, index)
    while tile.steps < steps {
      if stopFlag.isRaised { return }
      let time = tile.steps
      if time == 0 || inputs.variesInTime { prepared.stepper.feed(tile, inputs, time: time, sample: tile.first) }
      if prepared.redraws { draw(tile) }
      prepared.stepper.advance(
        tile, steps: min(prepared.stepsAtOnce, steps - time, tile.sums.room(after: time)))
    }
    look(tile)
    TileFinisher(pass: self, traces: prepared.traces).finish(tile)
    prepared.traces.keepSpikes(stack, tile, index)
  }

  /// After the tiles.
  func conclude() throws(Failure) {
    if prepared == nil { throw .contradiction("a pass ends that has not begun") }
    prepared = nil
    try requireNoOverflow()
  }

  /// Looks for potentials that have overflowed: they stay so, or are not numbers any more.
  private func look(_ tile: TileState) {
    for (index, layer) in stack.layers.enumerated()
    where !kernels.allFinite(tile.count * layer.width, UnsafePointer(tile.layers[index].membrane)) {
      overflow.store(true, ordering: .relaxed)
    }
  }

  private func requireNoOverflow() throws(Failure) {
    if overflow.exchange(false, ordering: .relaxed) {
      throw Failure(
        .notFinite, "inputs: membrane potentials overflow; bring the parameters and the scaled inputs to order 1")
    }
  }

  /// Adds the spikes of the last pass, which were to be counted.
  func addSpikes(to tally: SpikeTally) throws(Failure) {
    try traces.addSpikes(stack, tiles: tiles(samples), to: tally)
  }

  /// Forgets a batch of which the tiles never ran, as another pass could not get ready.
  func dismiss() { prepared = nil }

  /// Clears the state for a batch that the host will step.
  package func begin(samples: Int, steps: Int) throws(Failure) {
    let shape = BatchShape(samples: samples, steps: steps, variesInTime: true)
    try prepareMemory(shape)
    while stepped.count < tiles(samples) {
      try stopFlag.check()
      stepped.append(try TileState(stack, riders, folds: true, account: account))
    }
    self.shape = shape
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
    try pool.forEach(tiles(samples), work(samples, steps: 1), unless: stopFlag) { index, _ in
      if feeds { stepper.feed(stepped[index], input, time: 0, sample: stepped[index].first) }
      if redraws { draw(stepped[index]) }
      stepper.advance(stepped[index])
    }
    steps += 1
  }

  /// Brings features and traces up to date with the steps done.
  package func finish() throws(Failure) {
    let finisher = TileFinisher(pass: self, traces: try traces)
    try pool.forEach(tiles(samples), work(samples, steps: 0), unless: stopFlag) { index, _ in
      look(stepped[index])
      finisher.finish(stepped[index])
    }
    try requireNoOverflow()
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

  /// Makes room for a batch, or takes what is held for one of its shape.
  private func prepareMemory(_ shape: BatchShape) throws(Failure) {
    if riders.directions > 0 && perturbation == nil { throw .contradiction("tangents ride along no perturbation") }
    _ = try keptTraces.take(shape) { () throws(Failure) in
      try Traces(stack, riders, samples: shape.samples, account: account)
    }
    if riders.history {
      _ = try keptHistory.take(shape) { () throws(Failure) in try History(stack, shape, account: account) }
    }
    if !SpikeTables.pay(shape.samples, stack, riders) { return }
    let tables = if let spikeTables { spikeTables } else { try SpikeTables(stack, account: account) }
    spikeTables = tables
    tables.take(parameters, stack, kernels)
  }
}
