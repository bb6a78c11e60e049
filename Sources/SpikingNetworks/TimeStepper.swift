import CSystem
import Directions
import Kernels

/// Moves a tile of samples one time step forward: every layer, and what rides along.
struct TimeStepper {
  let stack: Stack
  let kernels: KernelTable
  let parameters: PackedParameters
  /// Nil if samples are few.
  let tables: SpikeTables?
  let riders: Riders
  let perturbation: Perturbation?
  let history: History?
  /// psi(0) of each layer.
  let peaks: [Float]
  /// Where psi is sampled or masked: how, and each layer's noise.
  let sampling: (how: SurrogateSampling, counters: [rfgk_counter])?

  /// Reads the inputs of a time step and forms the current, and the current's tangents, that they cause.
  func feed(_ tile: TileState, _ inputs: InputBatch, time: Int, sample: Int) {
    let layer = stack.layers[0]
    for row in 0..<tile.count {
      inputs.read(time: time, sample: sample + row, into: tile.input + row * stack.inputs)
    }
    if let biases = tile.layers[0].noisyBiases {
      tile.inputCurrent.update(from: biases, count: tile.count * layer.width)
    } else {
      for row in 0..<tile.count {
        (tile.inputCurrent + row * layer.width).update(from: parameters.biases[0], count: layer.width)
      }
    }
    multiply(
      tile.input, rows: tile.count, columns: stack.inputs, stride: stack.inputs,
      by: parameters.weights[0], width: layer.width, into: tile.inputCurrent, accumulate: true)
    if riders.fullTangents, case .weights(let directions) = perturbation {
      directions.layers[0].writeCurrents(
        UnsafePointer(tile.input), stride: stack.inputs, samples: tile.count, inner: tile.inner,
        into: tile.layers[0].currentTangent, kernels)
    }
  }

  /// Time steps with the inputs that were fed last: as many as the tile takes at once and its sums have room for, or
  /// one.
  ///
  /// A layer does them all before the next one begins: its neurons stay in registers, and its weights in the nearest
  /// cache.
  func advance(_ tile: TileState, steps: Int = 1) {
    if riders.traces {
      for _ in 0..<steps { kernels.axpy(tile.count * stack.inputs, 1, tile.input, tile.inputSum) }
    }
    if stack.readoutWindow != .flat {
      for step in 0..<steps { tile.kept[step] = stack.readoutKept(at: tile.steps + step) }
    }
    var before: (positive: UnsafeMutablePointer<UInt64>, negative: UnsafeMutablePointer<UInt64>?)?
    history?.keepInputs(stack, tile, step: tile.steps)
    let historyRow = history.map { $0.row(tile: tile.first / TileState.samples, step: tile.steps) } ?? 0
    for index in stack.layers.indices {
      let layer = stack.layers[index]
      var state = tile.layers[index]
      if let kept = history?.layers[index] {
        state.psi = kept.psi + historyRow * layer.width
        state.rho = kept.rho + historyRow * layer.width
        state.positive = kept.positive + historyRow * layer.words
        state.negative = kept.negative.map { $0 + historyRow * layer.words }
      }
      integrate(tile, index, state, before, steps)
      if riders.potentials { keepMoments(tile, index, state) }
      if riders.surrogates && sampling != nil { sampleFactors(tile, index, state) }
      if riders.widthSensitivities { differentiateByWidth(tile, index, state) }
      if riders.fullTangents { carryTangents(tile, index, state, before, steps) }
      if riders.spikeCounts { tally(tile, index, state, steps) }
      before = (state.positive, state.negative)
    }
    tile.steps += steps
    tile.sums.fold(after: tile.steps)
  }

  /// What a layer's sums keep as the time steps come: all, but where a readout weighs them.
  private func kept(_ tile: TileState, _ index: Int) -> UnsafePointer<Float>? {
    if index < stack.layers.count - 1 || stack.readoutWindow == .flat { return nil }
    return UnsafePointer(tile.kept)
  }

  private func integrate(
    _ tile: TileState, _ index: Int, _ state: TileState.Layer,
    _ before: (positive: UnsafeMutablePointer<UInt64>, negative: UnsafeMutablePointer<UInt64>?)?, _ steps: Int
  ) {
    let layer = stack.layers[index]
    var arguments = rfgk_integrate(
      samples: Int32(tile.count), padded: Int32(layer.width),
      in_words: before == nil ? 0 : Int32(stack.layers[index - 1].words), out_words: Int32(layer.words),
      steps: Int32(steps), step_rows: Int32(TileState.samples), ternary: stack.neuron.ternary ? 1 : 0,
      hard_reset: stack.neuron.reset == .hard ? 1 : 0,
      no_reset: stack.neuron.reset == .none ? 1 : 0, leak: stack.neuron.leak, threshold: stack.neuron.threshold,
      base: UnsafePointer(index == 0 ? tile.inputCurrent : state.noisyBiases ?? parameters.biases[index]),
      base_stride: index == 0 || state.noisyBiases != nil ? Int64(layer.width) : 0,
      weights: UnsafePointer(parameters.panels[index]),
      panel_stride: Int64(layer.inputs * PackedParameters.panel),
      tables: tables?.tables[index].map { UnsafePointer($0.base) }, table_pieces: Int32(SpikeTables.pieces(layer)),
      in_positive: before.map { UnsafePointer($0.positive) }, in_negative: before?.negative.map { UnsafePointer($0) },
      currents: tile.currents, membrane: state.membrane, potential: needsPotentials ? state.potential : nil,
      out_positive: state.positive, out_negative: state.negative,
      count: state.count, kept: kept(tile, index), surrogate: nil)
    if !riders.surrogates || sampling != nil {
      kernels.integrateAndFire(&arguments)
      return
    }
    withUnsafePointer(to: factors(tile, index, state)) { factors in
      arguments.surrogate = factors
      kernels.integrateAndFire(&arguments)
    }
  }

  /// Whether something but the surrogate's factors is made of the potentials, or these are made apart.
  private var needsPotentials: Bool {
    riders.potentials || riders.widthSensitivities || (riders.surrogates && sampling != nil)
  }

  /// What is wanted of a layer's surrogate.
  private func factors(_ tile: TileState, _ index: Int, _ state: TileState.Layer) -> rfgk_surrogate {
    let needed = riders.fullTangents || riders.history || riders.widthSensitivities
    return rfgk_surrogate(
      count: Int64(tile.count * stack.layers[index].width), kind: stack.surrogate.shape.rawValue,
      ternary: stack.neuron.ternary ? 1 : 0, hard_reset: stack.neuron.reset == .hard ? 1 : 0,
      cut_reset: cutReset, peak: peaks[index], threshold: stack.neuron.threshold, leak: stack.neuron.leak,
      potential: UnsafePointer(state.potential), psi: needed ? state.psi : nil, rho: needed ? state.rho : nil,
      sensitivity: state.sensitivity, sensitivity_sum: state.sensitivitySum, kept: kept(tile, index))
  }

  /// Where psi is sampled or masked: where it is computed, `integrate` does it.
  private func sampleFactors(_ tile: TileState, _ index: Int, _ state: TileState.Layer) {
    guard let sampling else { return }
    var arguments = factors(tile, index, state)
    let masked = sampling.how.mask > 0
    if masked {
      arguments.psi = state.psi
      arguments.rho = state.rho
    }
    var whole = arguments
    if masked { (whole.sensitivity, whole.sensitivity_sum) = (nil, nil) }
    let width = Int32(stack.layers[index].width)
    var counter = sampling.counters[index]
    counter.word1 = UInt32(truncatingIfNeeded: tile.first)
    counter.word2 = UInt32(truncatingIfNeeded: tile.steps)
    if sampling.how.pairs > 0 {
      var sampled = rfgk_sampled(
        factors: whole, padded: width, pairs: Int32(sampling.how.pairs), counter: counter)
      kernels.sampledFactors(&sampled)
    } else {
      kernels.surrogateFactors(&whole)
    }
    if !masked { return }
    // Apart from the numbers of the pairs.
    counter.word3 = 1
    var mask = rfgk_mask(factors: arguments, padded: width, keep: 1 - sampling.how.mask, counter: counter)
    kernels.maskFactors(&mask)
  }

  private var cutReset: Int32 { riders.cutReset || stack.neuron.reset == .none ? 1 : 0 }

  private func differentiateByWidth(_ tile: TileState, _ index: Int, _ state: TileState.Layer) {
    guard let sensitivity = state.widthSensitivity, let sum = state.widthSensitivitySum else { return }
    var arguments = rfgk_width(
      count: Int64(tile.count * stack.layers[index].width), kind: stack.surrogate.shape.rawValue,
      ternary: stack.neuron.ternary ? 1 : 0, hard_reset: stack.neuron.reset == .hard ? 1 : 0, cut_reset: cutReset,
      peak: peaks[index], threshold: stack.neuron.threshold, leak: stack.neuron.leak,
      potential: UnsafePointer(state.potential),
      psi: UnsafePointer(state.psi), rho: UnsafePointer(state.rho), sensitivity: sensitivity, sensitivity_sum: sum)
    if let kept = kept(tile, index) { kernels.scale(Int(arguments.count), kept.pointee, sum) }
    kernels.widthSensitivities(&arguments)
  }

  private func keepMoments(_ tile: TileState, _ index: Int, _ state: TileState.Layer) {
    guard let sum = state.potentialSum, let squares = state.potentialSquares else { return }
    kernels.addMoments(tile.count * stack.layers[index].width, UnsafePointer(state.potential), sum, squares)
  }

  /// du~ = leak du + dI, with dI = V s + W ds + dn: the perturbation's own current, and what comes from below.
  ///
  /// The layer's tangents are [active directions][steps][samples of a full tile][width] but for the samples missing
  /// after the last step.
  private func carryTangents(
    _ tile: TileState, _ index: Int, _ state: TileState.Layer,
    _ before: (positive: UnsafeMutablePointer<UInt64>, negative: UnsafeMutablePointer<UInt64>?)?, _ steps: Int
  ) {
    guard let layout = riders.layout, let perturbation else { return }
    let layer = stack.layers[index]
    let reach = layout.layers[index]
    if reach.active == 0 { return }
    let rows = (steps - 1) * TileState.samples + tile.count
    let current = tile.tangentCurrent
    let (spike, spikeBefore) =
      index % 2 == 0 ? tile.spikeTangents : (tile.spikeTangents.1, tile.spikeTangents.0)

    var (constant, varying) = (reach.perturbed, 0..<0)
    if case .weights(let directions) = perturbation, let before {
      (constant, varying) = (0..<0, reach.perturbed)
      directions.layers[index].writeCurrents(
        positive: UnsafePointer(before.positive), negative: UnsafePointer(before.negative),
        words: stack.layers[index - 1].words, samples: rows, inner: tile.inner,
        into: current + varying.lowerBound * rows * layer.width, kernels)
    }
    let fromBelow = index > 0 ? layout.layers[index - 1].active : 0
    if fromBelow > 0 {
      let below = stack.layers[index - 1]
      // Either all directions perturb this layer too, or none that perturbs one below does.
      multiply(
        spikeBefore, rows: fromBelow * rows, columns: below.neurons, stride: below.width,
        by: parameters.weights[index], width: layer.width, into: current, accumulate: varying.contains(0),
        sparse: stack.surrogate.shape.isCompact)
    }
    var arguments = rfgk_tangent(
      directions: Int32(reach.active), steps: Int32(steps), constant_first: Int32(constant.lowerBound),
      constant_last: Int32(constant.upperBound), current_last: Int32(max(fromBelow, varying.upperBound)),
      count: Int64(tile.count * layer.width), step: Int64(TileState.samples * layer.width),
      direction: Int64(rows * layer.width), leak: stack.neuron.leak,
      psi: UnsafePointer(state.psi), rho: UnsafePointer(state.rho), constant: UnsafePointer(state.currentTangent),
      current: UnsafePointer(current), membrane: state.membraneTangent, spike: spike,
      spike_sum: index == stack.layers.count - 1 ? tile.spikeTangentSum : nil, kept: kept(tile, index))
    kernels.advanceTangents(&arguments)
  }

  private func tally(_ tile: TileState, _ index: Int, _ state: TileState.Layer, _ steps: Int) {
    let layer = stack.layers[index]
    let everSpiked = tile.spikeMasks + layer.wordOffset
    let everSilent = everSpiked + stack.words
    var count = 0
    for step in 0..<steps {
      for row in step * TileState.samples..<step * TileState.samples + tile.count {
        for word in 0..<layer.words {
          let place = row * layer.words + word
          // No neuron spikes both ways at once.
          let spikes = state.positive[place] | (state.negative?[place] ?? 0)
          count += spikes.nonzeroBitCount
          everSpiked[word] |= spikes
          everSilent[word] |= ~spikes
        }
      }
    }
    tile.spikes[index] += count
  }

  func multiply(
    _ a: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int,
    by b: UnsafeMutablePointer<Float>, width: Int, into c: UnsafeMutablePointer<Float>, accumulate: Bool,
    sparse: Bool = false
  ) {
    kernels.product(
      UnsafePointer(a), rows: rows, columns: columns, rowStride: stride, by: UnsafePointer(b), width: width, into: c,
      accumulate: accumulate, sparse: sparse)
  }
}

extension KernelTable {
  /// c [rows][width] = or += a [rows][columns] b [columns][width].
  ///
  /// - Parameter sparse: whether a may have many zeros, which are worth looking for.
  package func product(
    _ a: UnsafePointer<Float>, rows: Int, columns: Int, rowStride: Int, columnStride: Int = 1,
    by b: UnsafePointer<Float>, width: Int, into c: UnsafeMutablePointer<Float>, accumulate: Bool, sparse: Bool = false
  ) {
    if rows == 0 { return }
    var arguments = rfgk_gemm(
      m: Int64(rows), n: Int64(width), k: Int64(columns), a: a, a_row: Int64(rowStride),
      a_column: Int64(columnStride), b: b, b_row: Int64(width), c: c, c_row: Int64(width),
      accumulate: accumulate ? 1 : 0, sparse: sparse ? 1 : 0)
    multiply(&arguments)
  }
}
