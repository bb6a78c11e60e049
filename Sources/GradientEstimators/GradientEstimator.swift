import Runtime
import SpikingNetworks

/// A loss as a function of the outputs [samples][points][fields] of a batch, in the network's units.
package protocol OutputLoss {
  /// The loss of `outputs`.
  func value(_ outputs: UnsafePointer<Float>) throws(Failure) -> Double
  /// The loss of `outputs`, and its derivative by each of them, written to `gradient`.
  func value(_ outputs: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>) throws(Failure) -> Double
  /// The square root of the second derivative by outputs of a field, at the outputs of the last gradient; nil if it is
  /// not known.
  func rootCurvature(field: Int) -> Double?
}

extension OutputLoss {
  package func rootCurvature(field: Int) -> Double? { nil }
}

/// Turns a forward pass and its loss into an estimate of the loss's gradient by the parameters.
///
/// The order of calls is: perturb, then forward or any number of steps, then estimate. An estimate may be made again
/// with another loss.
package protocol GradientEstimator: AnyObject {
  /// Tells how much of the training is done, from 0 to 1, before directions are chosen.
  func follow(progress: Double)
  /// Chooses the directions of the coming pass: the same draw, the same directions.
  func perturb(draw: Int) throws(Failure)
  /// All time steps of a batch.
  func forward(_ inputs: NetworkBatch, steps: Int) throws(Failure)
  /// Clears the state for a batch that the host steps, at most `steps` times if the estimator keeps a history.
  func begin(samples: Int, steps: Int) throws(Failure)
  /// One time step of that batch.
  func step(_ input: InputBatch) throws(Failure)
  /// Brings outputs up to date with the steps done.
  func finish() throws(Failure)
  /// [samples][points][fields], in the network's units.
  var outputs: UnsafePointer<Float>? { get }
  var outputsPerSample: Int { get }
  /// The passes in which a surrogate stands for the derivative of spikes; none where losses alone are looked at.
  var surrogatePasses: [NetworkPass] { get }
  /// Writes the estimate, laid out like the network's parameters.
  func estimate(_ loss: any OutputLoss, into gradient: UnsafeMutablePointer<Float>) throws(Failure) -> Double
}

extension GradientEstimator {
  package var surrogatePasses: [NetworkPass] { [] }
  package func follow(progress: Double) {}
}

/// An estimator whose pass is a single one with something riding along.
package protocol SinglePassEstimator: GradientEstimator {
  var network: Network { get }
  var pass: NetworkPass { get }
}

extension SinglePassEstimator {
  package func forward(_ inputs: NetworkBatch, steps: Int) throws(Failure) {
    pass.pack(network.parameters.base)
    try pass.run(inputs, steps: steps)
  }

  package func begin(samples: Int, steps: Int) throws(Failure) {
    pass.pack(network.parameters.base)
    try pass.begin(samples: samples, steps: steps)
  }

  package func step(_ input: InputBatch) throws(Failure) {
    try pass.step(input)
  }

  package func finish() throws(Failure) {
    try pass.finish()
  }

  package var surrogatePasses: [NetworkPass] { [pass] }
  package var outputs: UnsafePointer<Float>? { pass.outputs }
  package var outputsPerSample: Int { pass.outputsPerSample }
}
