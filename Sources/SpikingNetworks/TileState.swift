import Runtime

/// What rides along with a pass besides membranes and spikes.
package struct Riders {
  /// Mean spike trains and inputs of every sample, for weight gradients.
  package var traces = false
  /// Each neuron's sensitivity to a constant current.
  package var sensitivities = false
  package var tangents: TangentKind?
  package var layout: PerturbationLayout?
  /// Rank of the weight matrices of the directions; 0 if they have no factors.
  package var rank = 0
  /// The perturbation is of currents, drawn for each sample.
  package var currents = false
  /// The perturbation of currents is not what tangents are the derivatives along: this many times the direction is
  /// truly added to the currents of the layers that it perturbs. 0: nothing is.
  package var noise: Float = 0
  /// Everything at every time step, for back-propagation through time: memory grows with the number of steps.
  package var history = false
  /// Sums of every neuron's potentials before the reset, and of their squares.
  package var potentials = false
  /// Each neuron's sensitivity to the logarithm of its surrogate's width.
  package var widthSensitivities = false
  /// Derivatives leave out what a spike's reset does: du/du~ is 1, or 1 - |s| with a hard reset.
  package var cutReset = false
  /// Spikes, to be counted layer by layer, and which neurons had any: see SpikeTally.
  package var spikeCounts = false

  package init() {}

  var surrogates: Bool { sensitivities || tangents != nil || history || widthSensitivities }
  var fullTangents: Bool { tangents == .full }
  /// Whether a layer may do several time steps before the next one begins: nothing needs more of every step than masks
  /// and factors.
  var letStepsTogether: Bool { !(potentials || widthSensitivities) }
  package var directions: Int { layout?.directions ?? 0 }
}

/// The state of a few samples at one time step, small enough for the nearest cache.
///
/// Every array is [samples of the tile][width of the layer]; tangents have the direction as first index.
package final class TileState {
  /// Samples of a full tile. Fixed, so that no result depends on the machine.
  package static let samples = 16

  /// Time steps that a layer may do at once, where inputs are constant: as many as keep currents, and with full
  /// tangents factors and tangents too, in a core's own cache.
  static func stepsAtOnce(_ stack: Stack, _ riders: Riders) -> Int {
    if !riders.letStepsTogether { return 1 }
    let widest = stack.layers.reduce(0) { max($0, $1.width) }
    return max(1, min(16, (riders.fullTangents ? 512 : 4096) / widest))
  }

  struct Layer {
    let membrane: UnsafeMutablePointer<Float>
    let potential: UnsafeMutablePointer<Float>
    let count: UnsafeMutablePointer<Float>
    /// With full tangents [steps at once][samples][width].
    var psi: UnsafeMutablePointer<Float>
    var rho: UnsafeMutablePointer<Float>
    let sensitivity: UnsafeMutablePointer<Float>?
    let sensitivitySum: UnsafeMutablePointer<Float>?
    let widthSensitivity: UnsafeMutablePointer<Float>?
    let widthSensitivitySum: UnsafeMutablePointer<Float>?
    let potentialSum: UnsafeMutablePointer<Float>?
    let potentialSquares: UnsafeMutablePointer<Float>?
    /// [steps at once][samples][words]
    var positive: UnsafeMutablePointer<UInt64>
    var negative: UnsafeMutablePointer<UInt64>?
    /// [active][samples][width]
    let membraneTangent: UnsafeMutablePointer<Float>
    /// The perturbation's constant part: of layer 0 by weights, of every layer by currents.
    let currentTangent: UnsafeMutablePointer<Float>
    /// Biases and noise [samples][width], if there is any.
    let noisyBiases: UnsafeMutablePointer<Float>?
  }

  let layers: [Layer]
  /// [samples][inputs], the inputs of this time step; and their sum over the steps.
  let input: UnsafeMutablePointer<Float>
  let inputSum: UnsafeMutablePointer<Float>
  /// [samples][width of layer 0]
  let inputCurrent: UnsafeMutablePointer<Float>
  /// Scratch [directions][steps at once][samples][greatest width]: a layer's tangent current, and the spike tangents of
  /// this layer and of the one before it; rate tangents have one step.
  let tangentCurrent: UnsafeMutablePointer<Float>
  let spikeTangents: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>)
  /// [directions][samples][width of the last layer]
  let spikeTangentSum: UnsafeMutablePointer<Float>
  /// Scratch [samples][directions][neurons]: perturbations of currents as they were drawn.
  let drawn: UnsafeMutablePointer<Float>
  /// Scratch [steps at once][samples][directions of a layer * rank], padded: rows times the left factors of low-rank
  /// directions.
  let inner: UnsafeMutablePointer<Float>
  /// Scratch [max(directions, 1)][samples][featureWidth]
  let features: UnsafeMutablePointer<Float>
  /// Spikes of either sign so far, by layer.
  var spikes: [Int]
  /// [2][words of all layers]: a bit for each neuron that has spiked so far, and for each that has been silent.
  let spikeMasks: UnsafeMutablePointer<UInt64>
  /// Scratch [steps at once][samples][greatest width]: a layer's currents.
  let currents: UnsafeMutablePointer<Float>
  /// [steps at once]: what the last layer's sums keep.
  let kept: UnsafeMutablePointer<Float>
  /// Time steps done since the state was cleared.
  var steps = 0
  /// First sample and number of samples.
  var first = 0
  var count = 0

  /// All that is summed over the time steps: counts, inputs, and what else has Sum in its name.
  let sums: StepSums
  /// Memory that starts at zero with every pass, and memory that is written before it is read.
  private let state: [Buffer<Float>]
  private let scratch: [Buffer<Float>]
  private let masks: [Buffer<UInt64>]

  /// - Parameters:
  ///   - steps: that are done at once, at most.
  ///   - folds: whether there may be more steps than StepSums.longest.
  init(
    _ stack: Stack, _ riders: Riders, steps: Int = 1, folds: Bool, account: MemoryAccount
  ) throws(Failure) {
    let samples = Self.samples
    var state: [Buffer<Float>] = []
    var scratch: [Buffer<Float>] = []
    var masks: [Buffer<UInt64>] = []
    func cleared(_ count: Int) throws(Failure) -> UnsafeMutablePointer<Float> {
      let buffer = try Buffer<Float>(count, for: "the state of \(samples) samples", account: account)
      state.append(buffer)
      return buffer.base
    }
    func uncleared(_ count: Int) throws(Failure) -> UnsafeMutablePointer<Float> {
      let buffer = try Buffer<Float>(count, for: "the working memory of \(samples) samples", account: account)
      scratch.append(buffer)
      return buffer.base
    }
    func words(_ count: Int) throws(Failure) -> UnsafeMutablePointer<UInt64> {
      let buffer = try Buffer<UInt64>(count, for: "the spikes of \(samples) samples", account: account)
      masks.append(buffer)
      return buffer.base
    }
    // Steps of which factors and tangents are kept until the next layer has read them.
    let tangentSteps = riders.fullTangents ? steps : 1
    let sums = try StepSums(stack, count: Self.sums(stack, riders), folds: folds, account: account)
    inputSum = sums.take(samples * stack.inputs)
    var layers: [Layer] = []
    for (index, layer) in stack.layers.enumerated() {
      let cells = samples * layer.width
      let reach = riders.fullTangents ? riders.layout?.layers[index] : nil
      let potentialSums = riders.potentials ? (sums.take(cells), sums.take(cells)) : nil
      if index == stack.layers.count - 1 { sums.beginWeighed() }
      layers.append(
        Layer(
          membrane: try cleared(cells), potential: try uncleared(cells), count: sums.take(cells),
          psi: try uncleared(riders.surrogates ? tangentSteps * cells : 0),
          rho: try uncleared(riders.surrogates ? tangentSteps * cells : 0),
          sensitivity: riders.sensitivities ? try cleared(cells) : nil,
          sensitivitySum: riders.sensitivities ? sums.take(cells) : nil,
          widthSensitivity: riders.widthSensitivities ? try cleared(cells) : nil,
          widthSensitivitySum: riders.widthSensitivities ? sums.take(cells) : nil,
          potentialSum: potentialSums?.0,
          potentialSquares: potentialSums?.1,
          positive: try words(steps * samples * layer.words),
          negative: stack.neuron.ternary ? try words(steps * samples * layer.words) : nil,
          membraneTangent: try cleared((reach?.active ?? 0) * cells),
          currentTangent: try uncleared((reach?.perturbed.count ?? 0) * cells),
          noisyBiases: riders.noise != 0 && riders.layout?.layers[index].perturbed.count == 1
            ? try uncleared(cells) : nil))
    }
    self.layers = layers
    let widest = stack.layers.reduce(0) { max($0, $1.width) }
    let cells = riders.directions * tangentSteps * samples * widest
    input = try uncleared(samples * stack.inputs)
    currents = try uncleared(steps * samples * widest)
    kept = try uncleared(steps)
    inputCurrent = try uncleared(samples * stack.layers[0].width)
    tangentCurrent = try uncleared(cells)
    spikeTangents = (try uncleared(cells), try uncleared(cells))
    spikeTangentSum = sums.take(riders.directions * samples * stack.lastLayer.width)
    drawn = try uncleared(riders.currents ? riders.directions * samples * stack.neurons : 0)
    inner = try uncleared(riders.rank == 0 ? 0 : tangentSteps * samples * padded(riders.directions * riders.rank))
    features = try uncleared(max(riders.directions, 1) * samples * stack.featureWidth)
    spikes = Array(repeating: 0, count: stack.layers.count)
    spikeMasks = try words(riders.spikeCounts ? 2 * stack.words : 0)
    self.sums = sums
    self.state = state
    self.scratch = scratch
    self.masks = masks
  }

  /// How many sums there are.
  private static func sums(_ stack: Stack, _ riders: Riders) -> Int {
    let kinds = 1 + (riders.sensitivities ? 1 : 0) + (riders.widthSensitivities ? 1 : 0) + (riders.potentials ? 2 : 0)
    let cells = stack.layers.reduce(0) { $0 + kinds * $1.width }
    return samples * (stack.inputs + cells + riders.directions * stack.lastLayer.width)
  }

  /// Back to rest, for `count` samples from `first` on.
  func begin(_ stack: Stack, first: Int, count: Int) {
    self.first = first
    self.count = count
    steps = 0
    sums.clear()
    for buffer in state { buffer.clear() }
    for buffer in masks { buffer.clear() }
    for index in spikes.indices { spikes[index] = 0 }
    if stack.neuron.initialMembrane == 0 { return }
    for (layer, state) in zip(stack.layers, layers) {
      // The padding stays at zero, so that it never spikes.
      for sample in 0..<Self.samples {
        (state.membrane + sample * layer.width).update(
          repeating: stack.neuron.initialMembrane, count: layer.neurons)
      }
    }
  }
}
