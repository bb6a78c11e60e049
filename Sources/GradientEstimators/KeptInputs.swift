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
  private var kept = BatchMemory<Steps>()
  private var count = 0
  private var shape = BatchShape(samples: 0, steps: 0, variesInTime: false)
  /// Whether every step has inputs of its own.
  var variesInTime: Bool { shape.variesInTime }

  private final class Steps {
    /// Of the largest batch that there is room for.
    let samples: Int
    var buffers: [Buffer<Float>] = []

    init(samples: Int) { self.samples = samples }
  }

  init(_ pass: ForwardPass) {
    stack = pass.stack
    account = pass.account
    stopFlag = pass.stopFlag
    scaling = Scaling(identity: stack.inputs)
  }

  /// All steps of a batch.
  func keep(_ inputs: InputBatch, steps: Int) throws(Failure) {
    try begin(inputs.shape(steps: steps))
    for time in 0..<(variesInTime ? steps : 1) { try append(inputs, time: time) }
  }

  /// Forgets the batch before, for one of which the steps may come one by one.
  func begin(_ shape: BatchShape) throws(Failure) {
    count = 0
    self.shape = shape
    _ = try kept.take(shape) { () throws(Failure) in Steps(samples: shape.samples) }
  }

  func append(_ input: InputBatch, time: Int = 0) throws(Failure) {
    guard let steps = kept.memory else { throw .contradiction("inputs are to be kept of no batch") }
    if count == steps.buffers.count {
      func purpose() -> Sentence { "the inputs of \(steps.samples) samples" }
      steps.buffers.append(
        try Buffer(try checkedProduct(steps.samples, stack.inputs, for: purpose()), for: purpose(), account: account))
    }
    for sample in 0..<shape.samples {
      if sample % TileState.samples == 0 { try stopFlag.check() }
      input.read(time: time, sample: sample, into: steps.buffers[count].base + sample * stack.inputs)
    }
    count += 1
  }

  /// [samples][inputs] of a time step.
  func values(_ step: Int) throws(Failure) -> UnsafeMutablePointer<Float> {
    let place = variesInTime ? step : 0
    guard let steps = kept.memory, place < count else { throw .contradiction("inputs were not kept") }
    return steps.buffers[place].base
  }

  /// The same for a pass to read.
  func batch(_ step: Int) throws(Failure) -> InputBatch {
    let array = HostArray(
      base: UnsafeMutableRawPointer(try values(step)), scalar: .float32, times: 0, samples: shape.samples,
      features: stack.inputs, timeStride: 0, sampleStride: stack.inputs, featureStride: 1)
    return InputBatch(array, scaling: scaling, first: 0, samples: shape.samples)
  }
}
