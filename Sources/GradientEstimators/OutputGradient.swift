import Runtime
import SpikingNetworks

/// Memory for the loss's derivative by the outputs of a batch, kept from step to step.
final class OutputGradient {
  private var memory = BatchMemory<Buffer<Float>>()
  private let account: MemoryAccount

  init(account: MemoryAccount) {
    self.account = account
  }

  /// The loss of a pass, and its derivative by the features of every stack.
  func evaluate(
    _ loss: any OutputLoss, _ pass: NetworkPass
  ) throws(Failure) -> (value: Double, byFeatures: [UnsafePointer<Float>]) {
    let outputs = try pass.outputs
    let count = pass.samples * (try pass.outputsPerSample)
    let gradient = try memory.take(pass.shape) { () throws(Failure) in
      try Buffer(count, for: "the derivative by the outputs", account: account)
    }
    let value = try loss.value(outputs, gradient: gradient.base)
    return (value, try pass.featureGradients(UnsafePointer(gradient.base)))
  }
}
