import ReferenceNetworks
import Runtime
import Testing

@testable import SpikingNetworks

/// Ridge regression of the targets on the last layer's mean spike trains.
@Suite("closed-form readout")
struct ReadoutSolveTests {
  /// Solves (A^T A + penalty D) x = A^T b by Gaussian elimination; the last column of A is 1 and not penalised.
  private func ridge(_ rows: [[Double]], _ targets: [Double], lambda: Double) -> [Double] {
    let n = rows[0].count + 1
    var matrix = [[Double]](repeating: [Double](repeating: 0, count: n + 1), count: n)
    for (row, target) in zip(rows, targets) {
      let a = row + [1]
      for i in 0..<n {
        for j in 0..<n { matrix[i][j] += a[i] * a[j] }
        matrix[i][n] += a[i] * target
      }
    }
    let mean = (0..<n - 1).reduce(0) { $0 + matrix[$1][$1] } / Double(n - 1)
    for i in 0..<n - 1 { matrix[i][i] += lambda * mean }
    for pivot in 0..<n {
      for row in pivot + 1..<n {
        let factor = matrix[row][pivot] / matrix[pivot][pivot]
        for column in pivot...n { matrix[row][column] -= factor * matrix[pivot][column] }
      }
    }
    var x = [Double](repeating: 0, count: n)
    for row in (0..<n).reversed() {
      x[row] = (matrix[row][n] - (row + 1..<n).reduce(0) { $0 + matrix[row][$1] * x[$1] }) / matrix[row][row]
    }
    return x
  }

  @Test("it is the solution of the normal equations, and returns its mean squared error", arguments: [1e-4, 1e-2, 1])
  func solves(lambda: Double) throws {
    // More samples than a block of the accumulation, and not a multiple of it.
    let data = Samples(301, inputs: 2, outputs: 2, seed: 5)
    let network = try Network(specification(2, [12], 2, steps: 16))
    network.outputScaling = try Scaling(shift: [0.5, -1], scale: [2, 0.25], name: "output")
    let reference = network.reference
    let error = try network.solveReadout(data.hostInputs.data, targets: data.hostTargets.array, lambda: lambda).loss

    let rates = data.inputs.map { reference.run($0).rates[0] }
    let readout = network.reference.readout!
    var squares = 0.0
    for j in 0..<2 {
      let (shift, scale) = (network.outputScaling.shift[j], network.outputScaling.scale[j])
      let targets = data.targets.map { ($0[j] - shift) / scale }
      let expected = ridge(rates, targets, lambda: lambda)
      let found = readout.weights.map { $0[j] } + [readout.biases[j]]
      #expect(relativeError(found, expected) < 1e-5)
      for (row, target) in zip(rates, targets) {
        let residual = (dot(row + [1], expected) - target) * scale
        squares += residual * residual
      }
    }
    #expect(abs(error / (squares / 602) - 1) < 1e-6)
    // The error is that of the predictions.
    let outputs = try network.outputs(data.hostInputs)
    let predicted = zip(outputs, data.targets).reduce(0.0) { sum, pair in
      sum + zip(pair.0, pair.1).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    #expect(abs(error / (predicted / 602) - 1) < 1e-5)
  }

  @Test("only the readout changes")
  func onlyTheReadout() throws {
    let network = try Network(specification(2, [12], 1))
    let before = network.values
    let data = Samples(50, inputs: 2, outputs: 1, seed: 6)
    _ = try network.solveReadout(data.hostInputs.data, targets: data.hostTargets.array, lambda: 1e-6)
    let offset = network.stacks[0].readout!.weightOffset
    #expect(network.values[..<offset] == before[..<offset])
    #expect(network.values[offset...] != before[offset...])
  }

  @Test(
    "a lambda of 0 is the choice with the least error on held-out samples; all are then solved for", arguments: 2...4)
  func choosesLambda(seed: UInt64) throws {
    // Noise on a smooth function, and as many neurons as samples: the best penalty is neither the least nor the greatest.
    var data = Samples(60, inputs: 2, outputs: 2, seed: seed)
    data.targets = zip(data.inputs, data.targets).map { input, noise in
      noise.map { 0.02 * $0 + input[0][0] - input[0][1] * input[0][1] }
    }
    let network = try Network(specification(2, [40], 2, steps: 16, seed: seed))
    let reference = network.reference
    let solution = try network.solveReadout(data.hostInputs.data, targets: data.hostTargets.array, lambda: 0)

    let rates = data.inputs.map { reference.run($0).rates[0] }
    let held = try RidgeRegression.holdOut(60, network)
    #expect(held.count { $0 } == 12)
    let (inside, outside) = ((0..<60).filter { !held[$0] }, (0..<60).filter { held[$0] })
    let errors = RidgeRegression.choices.map { lambda in
      (0..<2).reduce(0.0) { sum, j in
        let x = ridge(inside.map { rates[$0] }, inside.map { data.targets[$0][j] }, lambda: lambda)
        return outside.reduce(sum) {
          let residual = dot(rates[$1] + [1], x) - data.targets[$1][j]
          return $0 + residual * residual
        }
      }
    }
    #expect(solution.lambda == RidgeRegression.choices[errors.firstIndex(of: errors.min()!)!])
    #expect(solution.lambda > 1e-9 && solution.lambda < 1e-2, "or the test shows nothing")
    for j in 0..<2 {
      let expected = ridge(rates, data.targets.map { $0[j] }, lambda: solution.lambda)
      let found = network.reference.readout!.weights.map { $0[j] } + [network.reference.readout!.biases[j]]
      #expect(relativeError(found, expected) < 1e-4)
    }
  }

  @Test("the held-out samples are a fifth, drawn from the seed; of few samples none")
  func holdingOut() throws {
    let network = try Network(specification(1, [4], 1, seed: 1))
    let held = try RidgeRegression.holdOut(103, network)
    #expect(held.count { $0 } == 20)
    #expect(try RidgeRegression.holdOut(103, network) == held)
    #expect(try RidgeRegression.holdOut(103, Network(specification(1, [4], 1, seed: 2))) != held)
    let data = Samples(4, inputs: 1, outputs: 1, seed: 9)
    let solution = try network.solveReadout(data.hostInputs.data, targets: data.hostTargets.array, lambda: 0)
    #expect(solution.lambda == RidgeRegression.fallback)
  }

  @Test("neurons that never spike, and a penalty of 0, leave it solvable")
  func silent() throws {
    let network = try Network(specification(1, [4], 1))
    for index in 0..<8 { network.parameters.base[index] = index < 4 ? [0.5, 1, 0, 0][index] : 0 }
    let data = Samples(30, inputs: 1, outputs: 1, seed: 7)
    let error = try network.solveReadout(data.hostInputs.data, targets: data.hostTargets.array, lambda: 0).loss
    #expect(error.isFinite)
    #expect(network.values.allSatisfy { $0.isFinite })
  }

  @Test("a spiking readout has nothing to solve for")
  func spikingReadout() throws {
    let network = try Network(specification(1, [4], 1, readout: .spikingMean))
    let data = Samples(3, inputs: 1, outputs: 1, seed: 8)
    let failure = #expect(throws: Failure.self) {
      try network.solveReadout(data.hostInputs.data, targets: data.hostTargets.array, lambda: 1)
    }
    #expect(failure?.kind == .unsupported)
  }
}
