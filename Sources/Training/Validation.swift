import Runtime
import SpikingNetworks

extension Network {
  /// A built-in loss of the network over a whole data set, in the host's units.
  func loss(_ kind: LossKind, _ inputs: NetworkData, targets: HostArray) throws(Failure) -> Double {
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
    return total.loss(kind)
  }
}
