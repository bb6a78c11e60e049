import GradientEstimators
import Kernels
import ReferenceNetworks
import Runtime
import SpikingNetworks
import Testing

@Suite("every estimator: what its estimate depends on, and what not")
struct SamePassTests {
  private func network(steps: Int = 6, threads: Int = 1, set: InstructionSet = .best) throws -> Network {
    let network = try Network(
      specification(3, [17, 9], 2, steps: steps, leak: 0.9) {
        $0.threads = threads
        $0.instructionSet = set
      })
    network.randomize(seed: 31)
    return network
  }
  private let data = Samples(20, inputs: 3, outputs: 2, seed: 32)
  private let varying = Samples(20, inputs: 3, outputs: 2, varyingOver: 6, seed: 33)

  /// Binary neurons with a low threshold, and so many samples that spikes are summed from tables.
  private func denseNetwork() throws -> Network {
    let network = try Network(
      specification(3, [40, 24], 2, steps: 6) {
        $0.neuron = NeuronModel(leak: 1, threshold: 0.3, initialMembrane: 0, reset: .soft, ternary: false)
      })
    network.randomize(seed: 34)
    return network
  }
  private let many = Samples(70, inputs: 3, outputs: 2, seed: 35)

  @Test("stepping gives the bits of a whole pass", arguments: Method.allCases)
  func stepping(_ method: Method) throws {
    #expect(try denseNetwork().firingRates(many.hostInputs.data)[0] > 0.4)
    for (network, data) in [(try network(), data), (try network(), varying), (try denseNetwork(), many)] {
      let whole = try Estimation(method, network, data)
      try whole.forward(draw: 4)
      let stepped = try Estimation(method, network, data)
      try stepped.estimator.perturb(draw: 4)
      try stepped.estimator.begin(samples: data.count, steps: 6)
      for time in 0..<6 {
        let input = HostMatrix(data.inputs.map { $0[$0.count == 1 ? 0 : time] })
        try stepped.estimator.step(
          InputBatch(input.array, scaling: network.inputScalings[0], first: 0, samples: data.count))
        if time == 2 { try stepped.estimator.finish() }
      }
      try stepped.estimator.finish()
      let (a, b) = (try whole.estimate(), try stepped.estimate())
      #expect(a.loss == b.loss)
      if [.backPropagation, .perStep, .hybrid].contains(method) {
        // A constant input is multiplied by the sum over time, not at every step.
        #expect(relativeError(a.gradient, b.gradient) < 1e-6)
      } else {
        #expect(a.gradient == b.gradient)
      }
    }
  }

  @Test(
    "a host may stop early, or go on: the estimate is that of a network with so many steps", arguments: Method.allCases)
  func otherNumbersOfSteps(_ method: Method) throws {
    for steps in [1, 4, 9] where method != .backPropagation || steps <= 6 {
      let stepped = try Estimation(method, network(), data)
      try stepped.estimator.perturb(draw: 0)
      try stepped.estimator.begin(samples: data.count, steps: 6)
      let input = InputBatch(
        data.hostInputs.array, scaling: stepped.network.inputScalings[0], first: 0, samples: data.count)
      for _ in 0..<steps { try stepped.estimator.step(input) }
      try stepped.estimator.finish()
      let whole = try Estimation(method, network(steps: steps), data).gradient()
      #expect(relativeError(try stepped.estimate().gradient, whole) < 1e-6)
    }
  }

  @Test("the number of threads changes no bit", arguments: Method.allCases)
  func threads(_ method: Method) throws {
    for data in [data, varying] {
      let one = try Estimation(method, network(), data).gradient(draw: 1)
      for threads in [2, 5] {
        #expect(try Estimation(method, network(threads: threads), data).gradient(draw: 1) == one)
      }
    }
  }

  @Test("instruction sets agree to rounding", arguments: Method.allCases)
  func instructionSets(_ method: Method) throws {
    let baseline = try Estimation(method, network(set: .baseline), data).gradient()
    for set in InstructionSet.supported {
      #expect(relativeError(try Estimation(method, network(set: set), data).gradient(), baseline) < 1e-4)
    }
  }

  @Test(
    "the same draw and seed give the same bits; another draw or seed gives other directions",
    arguments: Method.allCases)
  func draws(_ method: Method) throws {
    let network = try network()
    let estimation = try Estimation(method, network, data, seed: 1)
    let first = try estimation.gradient(draw: 1)
    let second = try estimation.gradient(draw: 2)
    if method.learns {
      let again = try Estimation(method, network, data, seed: 1)
      #expect(try again.gradient(draw: 1) == first)
      #expect(try again.gradient(draw: 2) == second)
    } else {
      #expect(try estimation.gradient(draw: 1) == first)
      #expect(try Estimation(method, network, data, seed: 1).gradient(draw: 2) == second)
    }
    let other = try Estimation(method, network, data, seed: 2).gradient(draw: 1)
    switch method {
    case .exact, .exactRate, .activityLimit, .activityRateLimit, .spatial, .backPropagation:
      #expect(second == first && other == first, "nothing is random")
    case .randomFeedback: #expect(second == first && other != first, "only the feedback weights are random")
    default: #expect(second != first && other != first)
    }
  }

  @Test("the pass stays: an estimate may be made again, even after the parameters moved", arguments: Method.allCases)
  func again(_ method: Method) throws {
    let network = try network()
    let estimation = try Estimation(method, network, data)
    try estimation.forward()
    let first = try estimation.estimate()
    for index in 0..<network.parameters.count { network.parameters.base[index] += 0.25 }
    let second = try estimation.estimate()
    #expect(second.loss == first.loss)
    #expect(second.gradient == first.gradient)
  }

  @Test(
    "batches of other sizes in between leave no trace, but in estimators that learn from them",
    arguments: Method.allCases.filter { !$0.learns })
  func batchSizes(_ method: Method) throws {
    let network = try network()
    let fresh = try Estimation(method, network, data[0..<3]).gradient(draw: 2)
    let estimator = try method.make(network)
    let run = { (data: Samples) in
      try estimator.perturb(draw: 2)
      try estimator.forward(
        data.hostInputs.data.batch(of: network, first: 0, samples: data.count), steps: 6)
      var gradient = [Float](repeating: 0, count: network.parameterCount)
      _ = try gradient.withUnsafeMutableBufferPointer {
        try estimator.estimate(SquaredError(data), into: $0.baseAddress!)
      }
      return gradient.map { Double($0) }
    }
    _ = try run(data)
    #expect(try run(data[0..<3]) == fresh)
    _ = try run(varying)
    #expect(try run(data[0..<3]) == fresh)
  }

  @Test("memory does not grow with time steps, but for back-propagation's", arguments: Method.allCases)
  func memory(_ method: Method) throws {
    let bytes = try [16, 1024].map { steps in
      let account = MemoryAccount(limit: 0)
      _ = try Estimation(method, network(steps: steps), data[0..<2], directions: 1, account: account).gradient()
      #expect(account.held == 0, "all is given back")
      return account.peak
    }
    if method == .backPropagation {
      // At least psi and rho, 4 bytes each, of 2 samples, 26 neurons and 1008 steps more.
      #expect(bytes[1] - bytes[0] >= 1008 * 2 * 26 * 8)
    } else {
      #expect(bytes[1] == bytes[0])
    }
  }

  @Test("per-step perturbation keeps the inputs of every step that the host makes, and of a whole pass what is given")
  func keptInputs() throws {
    let held = try [6, 16].map { steps in
      let account = MemoryAccount(limit: 0)
      let estimation = try Estimation(.perStep, network(), data, account: account)
      try estimation.estimator.perturb(draw: 0)
      try estimation.estimator.begin(samples: data.count, steps: 6)
      let input = InputBatch(
        data.hostInputs.array, scaling: estimation.network.inputScalings[0], first: 0, samples: data.count)
      for _ in 0..<steps { try estimation.estimator.step(input) }
      return account.held
    }
    #expect(held[1] - held[0] >= 10 * data.count * 3 * 4)
    let whole = try [data, varying].map { data in
      let account = MemoryAccount(limit: 0)
      let estimation = try Estimation(.perStep, network(), data, account: account)
      try estimation.forward()
      return account.held
    }
    #expect(whole[1] - whole[0] >= 5 * data.count * 3 * 4)
  }
}
