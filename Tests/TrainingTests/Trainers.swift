import ReferenceNetworks
import Runtime
import SpikingNetworks
import Testing

@testable import Training

/// Every estimator a trainer can have, with both kinds of tangents where it has tangents.
struct Kind: Sendable, CustomTestStringConvertible {
  let estimator: EstimatorKind
  let tangent: TangentKind
  var testDescription: String { "\(estimator), \(tangent)" }

  static let all: [Kind] =
    [EstimatorKind.rfgActivity, .rfgGlobal, .rfgLayerwise, .rfgTensorwise, .exactForward].flatMap { estimator in
      [TangentKind.rate, .full].map { Kind(estimator: estimator, tangent: $0) }
    } + [
      Kind(estimator: .rfgPerStep, tangent: .full), Kind(estimator: .blackBox, tangent: .full),
      Kind(estimator: .backPropagation, tangent: .full),
    ]
    + [.weightMirror, .spatialBackPropagation, .pseudoZerothOrder, .forwardDirectFeedback, .randomFeedback].map {
      Kind(estimator: $0, tangent: .rate)
    }

  /// Whether an estimate depends on those before it.
  var learns: Bool { [.weightMirror, .pseudoZerothOrder, .forwardDirectFeedback].contains(estimator) }

  func apply(_ specification: inout TrainerSpecification) {
    specification.estimator = estimator
    specification.tangent = tangent
  }
}

extension Trainer {
  convenience init(_ network: Network, _ change: (inout TrainerSpecification) -> Void = { _ in }) throws {
    var specification = TrainerSpecification()
    specification.schedule = Schedule(kind: .constant, learningRate: 0.01, finalFraction: 1, steps: 20)
    change(&specification)
    try self.init(network, specification)
  }

  var gradientValues: [Double] {
    get throws {
      let gradient = try gradient()
      return (0..<network.parameterCount).map { Double(gradient[$0]) }
    }
  }

  /// perturb, forward, estimate: the loss.
  @discardableResult
  func estimate(_ data: Samples, draw: Int? = nil) throws -> Double {
    try perturb(draw: draw)
    try forward(data.hostInputs.data, into: nil)
    return try estimateGradient(targets: data.hostTargets.array)
  }

  @discardableResult
  func fit(
    _ data: Samples, validation: Samples? = nil, progress: ((ProgressReport) -> ProgressAnswer)? = nil
  ) throws -> StopReason {
    try fit(data.set, validation: validation?.set, progress: progress)
  }
}

extension Samples {
  var set: DataSet { DataSet(hostInputs.data, targets: hostTargets.array) }
}

/// The kind of failure that `body` ends with, or nil.
func failureKind(_ body: () throws -> Void) -> Failure.Kind? {
  do { try body() } catch let failure as Failure { return failure.kind } catch {}
  return nil
}

/// Two inputs in [-1, 1] and a smooth function of them.
func smoothTask(_ count: Int, seed: UInt64 = 1) -> Samples {
  var data = Samples(count, inputs: 2, outputs: 1, seed: seed)
  data.targets = data.inputs.map { [0.5 * $0[0][0] - 0.7 * $0[0][1] * $0[0][1] + 0.2] }
  return data
}
