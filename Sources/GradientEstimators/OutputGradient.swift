import Runtime

/// Memory for the loss's derivative by the outputs of a batch, kept from step to step.
final class OutputGradient {
  private var memory: Buffer<Float>?
  private let account: MemoryAccount

  init(account: MemoryAccount) {
    self.account = account
  }

  func reserve(_ count: Int) throws(Failure) -> UnsafeMutablePointer<Float> {
    if let memory, memory.count >= count { return memory.base }
    memory = nil
    let made = try Buffer<Float>(count, for: "the derivative by the outputs", account: account)
    memory = made
    return made.base
  }
}
