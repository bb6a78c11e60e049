import Runtime
import SpikingNetworks

/// A copy of the inputs of a stack's pass, for a second pass: the host's array is the host's again when the first ends.
///
/// Memory: samples x inputs for inputs that are constant in time, and that for every time step otherwise.
final class KeptInputs {
  private let stack: Stack
  private let scaling: Scaling
  private let account: MemoryAccount
  private let stopFlag: StopFlag
  /// [samples][inputs], in the network's units: one, or one for each step.
  private var memory: [Buffer<Float>] = []
  private var count = 0
  private var samples = 0
  /// Whether every step has inputs of its own.
  private(set) var variesInTime = false

  init(_ pass: ForwardPass) {
    stack = pass.stack
    account = pass.account
    stopFlag = pass.stopFlag
    scaling = Scaling(identity: stack.inputs)
  }

  /// All steps of a batch.
  func keep(_ inputs: InputBatch, steps: Int) throws(Failure) {
    begin(samples: inputs.samples, varyInTime: inputs.variesInTime)
    for time in 0..<(variesInTime ? steps : 1) { try append(inputs, time: time) }
  }

  /// Forgets the batch before, for one of which the steps come one by one.
  func begin(samples: Int, varyInTime: Bool = true) {
    if samples > self.samples { memory = [] }
    self.samples = samples
    variesInTime = varyInTime
    count = 0
  }

  func append(_ input: InputBatch, time: Int = 0) throws(Failure) {
    if count == memory.count {
      let purpose = "the inputs of \(samples) samples"
      memory.append(
        try Buffer(try checkedProduct(samples, stack.inputs, for: purpose), for: purpose, account: account))
    }
    for sample in 0..<samples {
      if sample % TileState.samples == 0 { try stopFlag.check() }
      input.read(time: time, sample: sample, into: memory[count].base + sample * stack.inputs)
    }
    count += 1
  }

  /// [samples][inputs] of a time step.
  func values(_ step: Int) -> UnsafePointer<Float> { UnsafePointer(memory[variesInTime ? step : 0].base) }

  /// The same for a pass to read.
  func batch(_ step: Int) -> InputBatch {
    let array = HostArray(
      base: UnsafeMutableRawPointer(memory[variesInTime ? step : 0].base), scalar: .float32, times: 0,
      samples: samples, features: stack.inputs, timeStride: 0, sampleStride: stack.inputs, featureStride: 1)
    return InputBatch(array, scaling: scaling, first: 0, samples: samples)
  }
}
