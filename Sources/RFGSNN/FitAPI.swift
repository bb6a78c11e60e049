public import CRFGSNN
import Runtime
import SpikingNetworks
import Training

/// Trains on a data set; see rfgsnn.h.
@c @implementation
public func rfgsnn_fit(
  _ trainer: OpaquePointer?,
  _ inputs: UnsafePointer<rfgsnn_array>?,
  _ n_inputs: Int32,
  _ targets: UnsafePointer<rfgsnn_array>?,
  _ validation_inputs: UnsafePointer<rfgsnn_array>?,
  _ n_validation_inputs: Int32,
  _ validation_targets: UnsafePointer<rfgsnn_array>?,
  _ progress: rfgsnn_progress?,
  _ context: UnsafeMutableRawPointer?
) -> rfgsnn_status {
  var status = RFGSNN_OK
  let outcome = withTrainer(trainer, .stoppable) { fitted throws(Failure) in
    do throws(Failure) {
      let data = try fitted.dataSet(inputs, n_inputs, targets, prefix: "")
      var validation: (inputs: NetworkData, targets: HostArray)?
      if validation_inputs != nil || validation_targets != nil {
        validation = try fitted.dataSet(
          validation_inputs, n_validation_inputs, validation_targets, prefix: "validation_")
      } else if fitted.specification.patience > 0 {
        throw Failure(.unsupported, "patience: needs a validation set; pass one, or set patience to 0")
      }
      let answer = progress.map { progress in
        { (report: ProgressReport) in
          ProgressAnswer(
            handles.callHost(from: trainer) {
              progress(
                context, Int64(report.step), Int64(report.steps), report.loss, report.validationLoss,
                report.secondsLeft)
            })
        }
      }
      let reason = try fitted.fit(
        data.inputs, targets: data.targets, validation: validation, progress: answer)
      status = reason.status
    } catch {
      // While it looked at the data; later than that, the trainer gives this reason itself.
      if error.kind != .cancelled { throw error }
      status = RFGSNN_STOPPED_REQUEST
    }
  }
  return outcome == RFGSNN_OK ? status : outcome
}

/// Asks a call on a trainer to stop; see rfgsnn.h.
@c @implementation
public func rfgsnn_request_stop(
  _ trainer: OpaquePointer?
) -> rfgsnn_status {
  guarded { () throws(Failure) in try handles.requestStop(trainer, .trainer) }
}

extension Trainer {
  /// Inputs and as many targets, all finite.
  func dataSet(
    _ inputs: UnsafePointer<rfgsnn_array>?, _ count: Int32, _ targets: UnsafePointer<rfgsnn_array>?, prefix: String
  ) throws(Failure) -> (inputs: NetworkData, targets: HostArray) {
    let inputs = try network.inputs(inputs, count, prefix + "inputs")
    let targets = try network.targets(targets, prefix + "targets", of: inputs)
    try network.requireUsable(inputs, prefix + "inputs")
    try targets.requireFinite(prefix + "targets", unless: network.stopFlag)
    return (inputs, targets)
  }
}

extension ProgressAnswer {
  fileprivate init(_ returned: Int32) {
    self = returned == 0 ? .goOn : returned > 0 ? .stop : .failed
  }
}

extension StopReason {
  fileprivate var status: rfgsnn_status {
    switch self {
    case .steps: RFGSNN_STOPPED_STEPS
    case .early: RFGSNN_STOPPED_EARLY
    case .target: RFGSNN_STOPPED_TARGET
    case .callback: RFGSNN_STOPPED_CALLBACK
    case .request: RFGSNN_STOPPED_REQUEST
    }
  }
}
