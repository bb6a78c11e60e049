import Runtime
import SpikingNetworks

extension Network {
  /// A built-in loss of the network over a whole data set, in the host's units.
  ///
  /// - Parameter name: the targets' in the call, for sentences.
  /// - Throws: if it is not finite.
  func loss(
    _ kind: LossKind, _ inputs: NetworkData, targets: HostArray, _ name: String = "targets"
  ) throws(Failure) -> Double {
    var total = SquaredSums()
    try forEachPrediction(inputs) { outputs, first, count throws(Failure) in
      let sums = try TargetLoss(
        kind, targets: targets, first: first, samples: count, scaling: outputScaling, stopFlag: stopFlag
      )
      .sums(outputs) { _, _, _ in }
      total.error += sums.error
      total.target += sums.target
      total.count += sums.count
    }
    let loss = total.loss(kind)
    try requireFinite(loss, kind, from: name)
    return loss
  }
}

/// Throws if a loss is not finite.
///
/// - Parameter name: the argument that it was made of, for sentences.
func requireFinite(_ loss: Double, _ kind: LossKind, from name: String) throws(Failure) {
  if loss.isFinite { return }
  throw Failure(
    .notFinite,
    name.hasSuffix("targets") && kind == .relativeL2
      ? "\(name): relative_l2 is \(loss); targets must not all be zero, and outputs must be finite"
      : "\(name): the loss is \(loss); check them and the parameters, or lower learning_rate")
}
