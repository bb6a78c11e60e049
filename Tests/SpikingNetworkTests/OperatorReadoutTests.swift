import ReferenceNetworks
import Runtime
import Testing

@testable import SpikingNetworks

/// The readouts of operator networks in closed form, against plain loops in double precision.
@Suite("closed-form readouts of operator networks")
struct OperatorReadoutTests {
  private static let trunkRidge = 1e-8

  private func network(
    latent: Int, fields: Int = 1, coordinates: Int = 1, architecture: Architecture = .deepONet, trunk: Int = 6,
    threads: Int = 1
  ) throws -> Network {
    let network = try Network(
      specification(3, [9], fields, steps: 16) {
        $0.architecture = architecture
        $0.coordinates = coordinates
        $0.latent = latent
        $0.trunkHidden = [trunk]
        $0.threads = threads
      })
    network.randomize(seed: 3)
    return network
  }

  private func rows(_ count: Int, _ columns: Int, seed: UInt64) -> [[Double]] {
    var generator = TestGenerator(seed: seed)
    return (0..<count).map { _ in generator.values(columns) }
  }

  /// Mean spike trains of a stack, and a 1.
  private func rates(_ network: Network, _ stack: Int, _ rows: [[Double]]) -> [[Double]] {
    let stack = network.stacks[stack]
    let reference = ReferenceNetwork(
      specification(stack.inputs, stack.layers.map(\.neurons), stack.features, steps: 16),
      parameters: Array(network.values[stack.parameterOffset..<stack.parameterOffset + stack.parameterCount]))
    return rows.map { reference.run([$0]).rates[0] + [1] }
  }

  private func predict(_ network: Network, _ data: NetworkData) throws -> [[Double]] {
    let outputs = HostMatrix(samples: data.samples, features: data.outputsPerSample(of: network))
    try network.predict(data, into: outputs.array)
    return outputs.rows
  }

  private func meanSquare(_ a: [[Double]], _ b: [[Double]]) -> Double {
    let squares = zip(a.joined(), b.joined()).map { ($0 - $1) * ($0 - $1) }
    return squares.reduce(0, +) / Double(squares.count)
  }

  struct Shape: Sendable {
    let functions: Int
    let points: Int
    let latent: Int
  }

  @Test(
    "two stacks: the penalised reduced-rank regression, with fewer or more points than the trunk has neurons",
    arguments: [
      Shape(functions: 40, points: 4, latent: 2), Shape(functions: 40, points: 4, latent: 9),
      Shape(functions: 300, points: 30, latent: 3), Shape(functions: 40, points: 300, latent: 12),
      Shape(functions: 5, points: 12, latent: 2),
    ])
  func reducedRank(_ shape: Shape) throws {
    let fields = 2
    let network = try network(latent: shape.latent, fields: fields, trunk: 6)
    network.outputScaling = try Scaling(shift: [0.5, -1], scale: [2, 0.25], name: "output")
    let functions = rows(shape.functions, 3, seed: 4)
    let points = rows(shape.points, 1, seed: 5)
    let targets = rows(shape.functions, shape.points * fields, seed: 6)
    let data = NetworkData([HostMatrix(functions).array, HostMatrix(points).array], points: .shared)
    let lambda = 1e-3
    let (phi, psi) = (rates(network, 0, functions), rates(network, 1, points))
    let solution = try network.solveReadout(data, targets: HostMatrix(targets).array, lambda: lambda)
    #expect(solution.lambda == lambda)

    typealias Plain = PlainAlgebra
    let branch = Plain.cholesky(Plain.penalizedGram(phi, lambda: lambda))
    let trunk = Plain.cholesky(Plain.penalizedGram(psi, lambda: Self.trunkRidge))
    var expected = targets
    for field in 0..<fields {
      let (shift, scale) = (network.outputScaling.shift[field], network.outputScaling.scale[field])
      let u = targets.map { row in (0..<shape.points).map { (row[$0 * fields + field] - shift) / scale } }
      let cross = Plain.product(Plain.product(Plain.transpose(phi), u), psi)
      // L_b^-1 cross L_t^-T
      let whitened = Plain.transpose(Plain.divide(Plain.transpose(Plain.divide(cross, by: branch)), by: trunk))
      let truncated = Plain.truncated(whitened, rank: shape.latent)
      // (L_b^-1 Phi^T)^T truncated (L_t^-1 Psi^T)
      let left = Plain.transpose(Plain.divide(Plain.transpose(phi), by: branch))
      let right = Plain.divide(Plain.transpose(psi), by: trunk)
      let outputs = Plain.product(Plain.product(left, truncated), right)
      for (function, row) in outputs.enumerated() {
        for (point, value) in row.enumerated() { expected[function][point * fields + field] = shift + scale * value }
      }
    }
    let found = try predict(network, data)
    #expect(relativeError(found.flatMap { $0 }, expected.flatMap { $0 }) < 2e-4)
    #expect(abs(solution.loss / meanSquare(found, targets) - 1) < 1e-5)
  }

  @Test("the branch's lambda is the choice with the least error on held-out functions, before truncation")
  func choosesLambda() throws {
    let network = try network(latent: 2)
    let (functions, points) = (rows(30, 3, seed: 7), rows(5, 1, seed: 8))
    let targets = zip(functions, rows(30, 5, seed: 9)).map { f, noise in
      noise.enumerated().map { 0.05 * $1 + f[0] * points[$0][0] + f[1] }
    }
    let data = NetworkData([HostMatrix(functions).array, HostMatrix(points).array], points: .shared)
    let (phi, psi) = (rates(network, 0, functions), rates(network, 1, points))
    let solution = try network.solveReadout(data, targets: HostMatrix(targets).array, lambda: 0)

    typealias Plain = PlainAlgebra
    let held = try RidgeRegression.holdOut(30, network)
    let (inside, outside) = ((0..<30).filter { !held[$0] }, (0..<30).filter { held[$0] })
    let trunk = Plain.cholesky(Plain.penalizedGram(psi, lambda: Self.trunkRidge))
    let right = Plain.divide(Plain.transpose(psi), by: trunk)
    let errors = RidgeRegression.choices.map { lambda in
      let a = inside.map { phi[$0] }
      let branch = Plain.cholesky(Plain.penalizedGram(a, lambda: lambda))
      let cross = Plain.product(Plain.transpose(a), inside.map { targets[$0] })
      let left = Plain.transpose(Plain.divide(Plain.transpose(outside.map { phi[$0] }), by: branch))
      let coordinates = Plain.product(Plain.divide(cross, by: branch), Plain.transpose(right))
      return meanSquare(Plain.product(Plain.product(left, coordinates), right), outside.map { targets[$0] })
    }
    #expect(solution.lambda == RidgeRegression.choices[errors.firstIndex(of: errors.min()!)!])
  }

  /// c_0 f_0 sin(3 x) y + c_1 f_1 x^2 ... with more terms than one.
  private func grid(_ functions: [[Double]], _ x: [Double], _ y: [Double]) -> [[Double]] {
    functions.map { f in
      x.flatMap { x in y.map { y in f[0] * x * y + f[1] * (x * x - y) + f[2] * f[0] / (2 + x + y) } }
    }
  }

  @Test("three stacks: alternating least squares improves what nested decompositions begin with")
  func threeStacks() throws {
    let functions = rows(60, 3, seed: 10)
    let (x, y) = ((0..<7).map { Double($0) / 6 }, (0..<8).map { Double($0) / 7 - 0.5 })
    let targets = grid(functions, x, y)
    let data = NetworkData(
      [HostMatrix(functions).array, HostMatrix(x.map { [$0] }).array, HostMatrix(y.map { [$0] }).array],
      points: .shared)
    var losses: [Double] = []
    for latent in [1, 2, 4, 8] {
      let network = try network(latent: latent, coordinates: 2, architecture: .sepONet)
      let solution = try network.solveReadout(data, targets: HostMatrix(targets).array, lambda: 1e-6)
      #expect(abs(solution.loss / meanSquare(try predict(network, data), targets) - 1) < 1e-4)
      losses.append(solution.loss)
    }
    #expect(zip(losses, losses.dropFirst()).allSatisfy { $0 > $1 }, "more products, less error")
  }

  @Test("a tensor's terms are orthogonal, and alternating least squares brings them nearer to it", arguments: 1...5)
  func terms(seed: UInt64) throws {
    let network = try network(latent: 1)
    let algebra = MatrixAlgebra(network)
    let axes = [4, 3, 2]
    let tensor = try algebra.matrix(6, 24)
    var generator = TestGenerator(seed: seed)
    for index in 0..<144 { tensor.base[index] = generator.value() }
    func error(_ terms: [ProductTerm]) -> Double {
      var sum = 0.0
      for row in 0..<6 {
        for column in 0..<24 {
          let places = [row, column / 6, column / 2 % 3, column % 2]
          let value = terms.reduce(0.0) { sum, term in
            sum + places.enumerated().reduce(term.weight) { $0 * term.vectors[$1.offset][$1.element] }
          }
          sum += (tensor[row][column] - value) * (tensor[row][column] - value)
        }
      }
      return sum
    }
    let size = (0..<144).reduce(0) { $0 + tensor.base[$1] * tensor.base[$1] }
    let start = try algebra.terms(tensor.all, axes[...], count: 5)
    let weights = start.reduce(0) { $0 + $1.weight * $1.weight }
    #expect(abs(error(start) - (size - weights)) < 1e-10 * size)
    #expect(error(try algebra.terms(tensor.all, axes[...], count: 48)) < 1e-10 * size, "all of them are the tensor")
    var squares = try AlternatingLeastSquares(algebra, tensor.all, axes, start: start)
    let improved = try squares.improved()
    #expect(error(improved) < 0.97 * error(start))
  }

  @Test("products that are not needed get a last trunk of 0 and keep their branch")
  func spareProducts() throws {
    let network = try network(latent: 9)
    let (functions, points) = (rows(40, 3, seed: 11), rows(5, 1, seed: 12))
    let targets = functions.map { f in points.map { _ in f[0] } }
    let data = NetworkData([HostMatrix(functions).array, HostMatrix(points).array], points: .shared)
    let before = network.values
    _ = try network.solveReadout(data, targets: HostMatrix(targets).array, lambda: 1e-6)
    let (branch, trunk) = (network.stacks[0].readout!, network.stacks[1].readout!)
    for k in 6..<9 {
      for neuron in 0..<6 { #expect(network.values[trunk.weightOffset + neuron * 9 + k] == 0) }
      #expect(network.values[trunk.biasOffset + k] == 0)
      for neuron in 0..<9 {
        let place = branch.weightOffset + neuron * 9 + k
        #expect(network.values[place] == before[place] && before[place] != 0)
      }
    }
  }

  @Test("targets of 0 have readouts that say 0", arguments: [1, 2])
  func zeroTargets(coordinates: Int) throws {
    let network = try network(latent: 3, coordinates: coordinates, architecture: .sepONet)
    let axes = (0..<coordinates).map { rows(5, 1, seed: UInt64(15 + $0)) }
    let data = NetworkData(([rows(20, 3, seed: 14)] + axes).map { HostMatrix($0).array }, points: .shared)
    let targets = HostMatrix(samples: 20, features: data.outputsPerSample(of: network))
    #expect(try network.solveReadout(data, targets: targets.array, lambda: 0).loss == 0)
    #expect(try predict(network, data).joined().allSatisfy { $0 == 0 })
  }

  @Test("the number of threads changes no bit", arguments: [0, 1e-4])
  func threads(lambda: Double) throws {
    let functions = rows(150, 3, seed: 13)
    let (x, y) = ((0..<17).map { Double($0) / 16 }, (0..<20).map { Double($0) / 19 })
    let arrays = [HostMatrix(functions).array, HostMatrix(x.map { [$0] }).array, HostMatrix(y.map { [$0] }).array]
    let runs = try [1, 2, 3].map { threads in
      let network = try network(latent: 5, coordinates: 2, architecture: .sepONet, trunk: 30, threads: threads)
      let solution = try network.solveReadout(
        NetworkData(arrays, points: .shared), targets: HostMatrix(grid(functions, x, y)).array, lambda: lambda)
      return (network.values, solution.loss, solution.lambda)
    }
    #expect(runs.allSatisfy { $0 == runs[0] })
  }
}
