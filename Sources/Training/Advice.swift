import Glibc
import GradientEstimators
import SpikingNetworks

extension Trainer {
  /// What to do about a diagnosis of this trainer: a sentence each, first on the neurons, then on the gradient.
  package func advice(_ diagnosis: Diagnosis) -> [String] {
    let advice = Advice(trainer: specification, network: network, diagnosis: diagnosis)
    let faults = advice.ofNeurons + advice.ofGradient
    return (faults.isEmpty ? [advice.praise] : faults) + advice.ofDraws
  }
}

/// Numbers of a diagnosis in plain words. The limits are our choice; docs/diagnostics.md says what each stands for.
private struct Advice {
  let trainer: TrainerSpecification
  let network: Network
  let diagnosis: Diagnosis

  static let leastSignalToNoise = 0.1
  static let mostBias = 0.2
  static let mostDead = 0.5
  static let mostSaturated = 0.25
  static let rates = 0.01...0.95
  static let mostInsensitive = 0.5
  /// More directions than this are dearer than another estimator.
  static let mostDirections = 256.0

  var praise: String {
    let signal = diagnosis.signalToNoise > 1000 ? "above 1000" : short(diagnosis.signalToNoise)
    return "nothing stands out: signal-to-noise \(signal), cosine \(short(diagnosis.cosine)), and the neurons of every "
      + "layer are at work."
  }

  /// The first fault of each layer that has one: what a layer lacks in spikes, it lacks in sensitivity too.
  var ofNeurons: [String] {
    var sentences: [String] = []
    for (index, layer) in network.stacks.flatMap({ stack in stack.layers.indices.map { (stack, $0) } }).enumerated() {
      if let sentence = ofLayer(index, stack: layer.0, layer: layer.1) { sentences.append(sentence) }
    }
    return sentences
  }

  private func ofLayer(_ index: Int, stack: Stack, layer: Int) -> String? {
    let activity = diagnosis.layers[index]
    let place = stack.specification.name.isEmpty ? "" : " of the \(stack.specification.name)"
    let name = "layer \(layer)\(place)"
    let (gain, spread) = stack.index == 0 ? ("input_gain", "bias_spread") : ("trunk_gain", "trunk_bias_spread")
    func remedy(_ direction: String) -> String {
      let options = layer == 0 ? ", or create it with a \(direction) \(gain) or \(spread)" : ""
      return "scale the inputs and calibrate a new network\(options)"
    }
    if activity.dead > Self.mostDead {
      return "\(name): \(percent(activity.dead)) of the neurons never spike on these data; \(remedy("larger"))."
    }
    if activity.saturated > Self.mostSaturated {
      return "\(name): \(percent(activity.saturated)) of the neurons spike at every time step of every sample; "
        + "\(remedy("smaller"))."
    }
    if activity.rate < Self.rates.lowerBound {
      return "\(name): neurons spike in \(percent(activity.rate)) of the time steps only; \(remedy("larger"))."
    }
    if activity.rate > Self.rates.upperBound {
      return "\(name): neurons spike in \(percent(activity.rate)) of the time steps; \(remedy("smaller"))."
    }
    if diagnosis.insensitive[index] > Self.mostInsensitive {
      return "\(name): \(percent(diagnosis.insensitive[index])) of the neurons do not answer a small current, so that "
        + "no gradient passes; create the network with a surrogate_width above "
        + "\(short(Double(network.specification.surrogate.width)))."
    }
    return nil
  }

  var ofGradient: [String] {
    var sentences: [String] = []
    if diagnosis.cosine.isNaN {
      sentences.append(
        "the gradient of the spiking layers is zero: the loss is at rest, or no neuron near its threshold reaches the "
          + "outputs.")
      return sentences
    }
    if diagnosis.signalToNoise < Self.leastSignalToNoise { sentences.append(noise) }
    if diagnosis.bias > Self.mostBias, diagnosis.reference == .backPropagation {
      sentences.append(
        "bias: the mean of the estimates is \(percent(diagnosis.bias)) of the exact gradient's length away from it; "
          + "\(biasRemedy).")
    }
    return sentences
  }

  private var noise: String {
    let measured = "signal-to-noise is \(short(diagnosis.signalToNoise))"
    let calmer =
      trainer.estimatorsInUse == [.rfgActivity] ? "weight_mirror" : "rfg_activity or weight_mirror, whose noise is less"
    let slower = "or lower learning_rate, so that more steps average the noise"
    if !trainer.hasDirections { return "\(measured): use larger batches, \(slower)." }
    let wanted = Double(trainer.directions) * Self.leastSignalToNoise / diagnosis.signalToNoise
    if wanted > Self.mostDirections { return "\(measured): use estimator = \(calmer), \(slower)." }
    return "\(measured): raise directions from \(trainer.directions) to about \(Int(wanted.rounded(.up))), use "
      + "estimator = \(calmer), \(slower)."
  }

  private var biasRemedy: String {
    if trainer.cutsReset { return "use reset_derivative = carried" }
    switch trainer.aggregation {
    case .projection(.none), .projection(.expectedNorm):
      return "a projection's mean is shorter or longer than the gradient: use projection_scale = unbiased, or "
        + "aggregation = mean"
    case .gaussNewton: return "a least-squares step is no gradient: compare with aggregation = mean"
    case .mean, .projection(.unbiased): break
    }
    // Of a mixture, the first that has one.
    return trainer.estimatorsInUse.lazy.compactMap(remedy).first ?? "make more draws: in theory it has none"
  }

  /// Against the bias of an estimator; nil where it has none.
  private func remedy(_ estimator: EstimatorKind) -> String? {
    switch estimator {
    case .blackBox:
      return "that is the gradient of the smoothed loss: a smaller black_box_sigma comes nearer, with more noise"
    case .rfgGlobal, .rfgLayerwise, .rfgTensorwise, .exactForward:
      return trainer.tangent == .full ? nil : "use tangent = full"
    case .rfgActivity where trainer.tangent == .full:
      return "below the first layer it takes spikes and sensitivities by their means: use estimator = rfg_per_step, or "
        + "rfg_layerwise with tangent = full"
    case .rfgActivity: return "use tangent = full" + softer
    case .weightMirror, .spatialBackPropagation:
      return "use estimator = rfg_activity or rfg_layerwise with tangent = full" + softer
    case .pseudoZerothOrder, .forwardDirectFeedback, .randomFeedback:
      return "its feedback weights are the same for all samples: use estimator = weight_mirror or rfg_activity"
    case .rfgPerStep, .backPropagation: return nil
    }
  }

  private var softer: String {
    network.specification.neuron.reset == .hard ? ", or a network with reset = soft" : ""
  }

  /// What more draws would show; with too much noise, less of it comes first.
  var ofDraws: [String] {
    if diagnosis.cosine.isNaN || diagnosis.signalToNoise < Self.leastSignalToNoise { return [] }
    if diagnosis.reference == .mean {
      return ["there was no memory for an exact gradient, so nothing is known of a bias; raise memory_limit."]
    }
    if diagnosis.leastBias > Self.mostBias && !(diagnosis.bias > 0) {
      let least = diagnosis.leastBias.isFinite ? "less than \(percent(diagnosis.leastBias))" : "any size"
      return ["a bias of \(least) would not show in the noise of \(diagnosis.draws) draws; make more to see one."]
    }
    return []
  }
}

extension TrainerSpecification {
  /// Whether more directions make less noise.
  fileprivate var hasDirections: Bool {
    estimatorsInUse.contains { kind in
      switch kind {
      case .rfgActivity, .rfgPerStep, .rfgGlobal, .rfgLayerwise, .rfgTensorwise, .blackBox: true
      case .exactForward, .weightMirror, .pseudoZerothOrder, .forwardDirectFeedback, .randomFeedback,
        .spatialBackPropagation, .backPropagation:
        false
      }
    }
  }
}

private func percent(_ fraction: Double) -> String { "\(short(100 * fraction)) %" }

/// With two digits.
private func short(_ value: Double) -> String {
  if !value.isFinite || value == 0 { return value == 0 ? "0" : "\(value)" }
  let digits = 1 - Int(floor(log10(abs(value))))
  if abs(value) >= 1e15 || digits > 15 { return "\(value)" }
  if digits <= 0 { return "\(Int(value.rounded()))" }
  let scale = pow(10, Double(digits))
  return "\((value * scale).rounded() / scale)"
}
