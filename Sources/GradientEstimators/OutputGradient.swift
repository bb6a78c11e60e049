import Runtime
import SpikingNetworks

/// Memory for the loss's derivative by the outputs of a batch, kept from step to step.
final class OutputGradient {
  private var memory: Buffer<Float>?
  private let account: MemoryAccount

  init(account: MemoryAccount) {
    self.account = account
  }

  /// The loss of a pass, and its derivative by the features of every stack.
  func evaluate(
    _ loss: any OutputLoss, _ pass: NetworkPass
  ) throws(Failure) -> (value: Double, byFeatures: [UnsafePointer<Float>])? {
    guard let outputs = pass.outputs else { return nil }
    let gradient = try reserve(pass.samples * pass.outputsPerSample)
    let value = try loss.value(outputs, gradient: gradient)
    return (value, try pass.featureGradients(UnsafePointer(gradient)))
  }

  private func reserve(_ count: Int) throws(Failure) -> UnsafeMutablePointer<Float> {
    if let memory, memory.count >= count { return memory.base }
    memory = nil
    let made = try Buffer<Float>(count, for: "the derivative by the outputs", account: account)
    memory = made
    return made.base
  }
}
