import GradientEstimators
import ReferenceNetworks
import Runtime
import SpikingNetworks
import Testing

/// Branch and trunks: their products, and every gradient through them.
@Suite("operator networks")
struct OperatorNetworkTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let architecture: Architecture
    let coordinates: Int
    let fields: Int
    var points = Points.shared
    var testDescription: String { "\(architecture), \(coordinates) coordinates, \(fields) fields, \(points)" }
  }

  static let cases = [
    Case(architecture: .deepONet, coordinates: 1, fields: 1),
    Case(architecture: .deepONet, coordinates: 2, fields: 2),
    Case(architecture: .deepONet, coordinates: 2, fields: 2, points: .perSample),
    Case(architecture: .sepONet, coordinates: 1, fields: 2),
    Case(architecture: .sepONet, coordinates: 2, fields: 1),
    Case(architecture: .sepONet, coordinates: 3, fields: 2),
  ]

  private static let functions = 5
  private static let latent = 3

  private func network(_ this: Case, memoryLimit: Int = 0) throws -> Network {
    let network = try Network(
      specification(4, [7, 6], this.fields, steps: 8) {
        $0.architecture = this.architecture
        $0.coordinates = this.coordinates
        $0.latent = Self.latent
        $0.trunkHidden = [5]
        $0.memoryLimit = memoryLimit
      })
    network.randomize(seed: 31)
    return network
  }

  /// Rows for every stack: functions, then points (4, or 4 for each function), or axes of 3, 4, 5 points.
  private func rows(_ this: Case) -> [[[Double]]] {
    var generator = TestGenerator(seed: 32)
    func matrix(_ rows: Int, _ columns: Int) -> [[Double]] {
      (0..<rows).map { _ in (0..<columns).map { _ in generator.value() } }
    }
    let branch = matrix(Self.functions, 4)
    if this.architecture == .sepONet { return [branch] + (0..<this.coordinates).map { matrix(3 + $0, 1) } }
    return [branch, matrix(this.points == .perSample ? 4 * Self.functions : 4, this.coordinates)]
  }

  private func data(_ this: Case) -> NetworkData {
    NetworkData(rows(this).map { HostMatrix($0).array }, points: this.points)
  }

  /// Outputs [function][point x field] from each stack's reference features, term by term.
  private func expectedOutputs(_ network: Network, _ this: Case) -> [[Double]] {
    let features = zip(network.stacks, rows(this)).map { stack, rows in
      let reference = ReferenceNetwork(
        specification(stack.inputs, stack.layers.map(\.neurons), stack.features, steps: 8),
        parameters: Array(network.values[stack.parameterOffset..<stack.parameterOffset + stack.parameterCount]))
      return rows.map { reference.run([$0]).outputs }
    }
    let counts = features.dropFirst().map { this.points == .perSample ? $0.count / Self.functions : $0.count }
    let points = counts.reduce(1, *)
    return (0..<Self.functions).map { function in
      (0..<points * this.fields).map { column in
        let (point, field) = (column / this.fields, column % this.fields)
        return (0..<Self.latent).reduce(0) { sum, k in
          var product = features[0][function][field * Self.latent + k]
          var rest = point
          for axis in counts.indices.reversed() {
            let place = this.points == .perSample ? function * points + point : rest % counts[axis]
            rest /= counts[axis]
            product *= features[axis + 1][place][field * Self.latent + k]
          }
          return sum + product
        }
      }
    }
  }

  /// A loss with a target of its own for every output.
  private struct Loss: OutputLoss {
    let targets: [Double]

    init(_ count: Int) {
      var generator = TestGenerator(seed: 33)
      targets = (0..<count).map { _ in generator.value() }
    }

    func value(_ outputs: UnsafePointer<Float>) -> Double {
      targets.indices.reduce(0) { $0 + (Double(outputs[$1]) - targets[$1]) * (Double(outputs[$1]) - targets[$1]) }
    }

    func value(_ outputs: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>) -> Double {
      for index in targets.indices { gradient[index] = Float(2 * (Double(outputs[index]) - targets[index])) }
      return value(outputs)
    }
  }

  private func gradient(_ method: Method, _ network: Network, _ this: Case, draw: Int = 0) throws -> [Double] {
    let data = data(this)
    let estimator = try method.make(network)
    try estimator.perturb(draw: draw)
    try estimator.forward(data.batch(of: network, first: 0, samples: Self.functions), steps: 8)
    var gradient = [Float](repeating: 0, count: network.parameterCount)
    let loss = Loss(Self.functions * data.outputsPerSample(of: network))
    _ = try gradient.withUnsafeMutableBufferPointer { try estimator.estimate(loss, into: $0.baseAddress!) }
    return gradient.map { Double($0) }
  }

  @Test("outputs are sums of products of the stacks' features", arguments: cases)
  func outputs(_ this: Case) throws {
    let network = try network(this)
    let data = data(this)
    let outputs = HostMatrix(samples: Self.functions, features: data.outputsPerSample(of: network))
    try network.predict(data, into: outputs.array)
    let expected = expectedOutputs(network, this)
    #expect(relativeError(outputs.rows.flatMap { $0 }, expected.flatMap { $0 }) < 1e-5)
    #expect(expected.flatMap { $0 }.contains { abs($0) > 0.1 })
  }

  @Test("forward mode and back-propagation agree, stack by stack", arguments: cases)
  func exact(_ this: Case) throws {
    let network = try network(this)
    let forward = try gradient(.exact, network, this)
    let backward = try gradient(.backPropagation, network, this)
    for stack in network.stacks {
      let range = stack.parameterOffset..<stack.parameterOffset + stack.parameterCount
      try #require(norm(Array(backward[range])) > 1e-3)
      #expect(relativeError(Array(forward[range]), Array(backward[range])) < 1e-4)
    }
  }

  @Test("activity perturbation of every neuron is forward mode on the rate linearisation", arguments: cases)
  func activity(_ this: Case) throws {
    let network = try network(this)
    let limit = try gradient(.activityRateLimit, network, this)
    #expect(relativeError(limit, try gradient(.exactRate, network, this)) < 1e-4)
  }

  @Test(
    "the mean over many directions is the gradient that the estimator stands for",
    arguments: [Method.global, .layerwise, .activityRate], [cases[1], cases[4]])
  func mean(_ method: Method, _ this: Case) throws {
    let network = try network(this)
    let expected = try gradient(method == .activityRate ? .activityRateLimit : .exact, network, this)
    // Along a fixed random direction, against the standard error of the mean.
    var generator = TestGenerator(seed: 34)
    let probe = expected.map { _ in generator.value() }
    let draws = 600
    let values = try (0..<draws).map { dot(try gradient(method, network, this, draw: $0), probe) }
    let mean = values.reduce(0, +) / Double(draws)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(draws - 1)
    #expect(abs(mean - dot(expected, probe)) < 4 * (variance / Double(draws)).squareRoot())
    #expect(variance > 0)
  }

  @Test("the closed form recovers readouts that made the targets", arguments: cases.filter { $0.points == .shared })
  func closedForm(_ this: Case) throws {
    let network = try network(this)
    let data = data(this)
    let targets = HostMatrix(samples: Self.functions, features: data.outputsPerSample(of: network))
    try network.predict(data, into: targets.array)
    let size = targets.values.reduce(0) { $0 + Double($1) * Double($1) } / Double(targets.values.count)
    // Other readouts on the same hidden layers.
    for stack in network.stacks {
      guard let readout = stack.readout else { continue }
      var generator = TestGenerator(seed: UInt64(35 + stack.index))
      for index in readout.weightOffset..<stack.parameterOffset + stack.parameterCount {
        network.parameters.base[index] = Float(generator.value())
      }
    }
    let error = try network.solveReadout(data, targets: targets.array, lambda: 1e-9).loss
    // Among three or more factors the alternation may end beside the best solution.
    #expect(error < (network.stacks.count == 2 ? 1e-3 : 1e-2) * size)
  }

  @Test("a closed form that runs out of memory, wherever it does, leaves the parameters as they were")
  func closedFormWithoutMemory() throws {
    let this = Self.cases[0]
    let data = data(this)
    let targets = HostMatrix((0..<Self.functions).map { row in (0..<4).map { Double(row - $0) / 4 } })
    let unlimited = try network(this)
    let start = unlimited.account.held
    _ = try unlimited.solveReadout(data, targets: targets.array, lambda: 1e-6)
    let peak = unlimited.account.peak
    var refusals = 0
    for limit in stride(from: start, to: peak, by: 256) {
      let limited = try network(this, memoryLimit: limit)
      let before = limited.values
      let failure = #expect(throws: Failure.self) {
        try limited.solveReadout(data, targets: targets.array, lambda: 1e-6)
      }
      #expect(failure?.kind == .outOfMemory)
      #expect(limited.values == before)
      refusals += 1
    }
    #expect(refusals > 10)
  }
}
