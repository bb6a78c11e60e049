import Runtime

extension Network {
  /// Finds the linear readouts by ridge regression of the targets on the last layers' mean spike trains.
  ///
  /// Normal equations in double precision, accumulated block by block: memory O(neurons^2), whatever the number of
  /// samples. The penalty is `lambda` times their mean diagonal; the bias is not penalised.
  ///
  /// - Parameter lambda: 0 to choose it on a held-out fifth of the samples.
  package func solveReadout(
    _ data: NetworkData, targets: HostArray, lambda: Double, lambdaName: String = "lambda"
  ) throws(Failure) -> ReadoutSolution {
    guard specification.readout == .linear else {
      throw Failure(
        .unsupported, "readout: a spiking readout has no linear map to solve for; use readout = linear")
    }
    if stacks.count > 1 {
      return try OperatorReadoutSolve(self, data, targets).solve(lambda: lambda, lambdaName)
    }
    return try solveLinearReadout(data, targets: targets, lambda: lambda, lambdaName)
  }

  private func solveLinearReadout(
    _ data: NetworkData, targets: HostArray, lambda: Double, _ lambdaName: String
  ) throws(Failure) -> ReadoutSolution {
    let stack = stacks[0]
    let outputs = stack.features
    let algebra = MatrixAlgebra(self)
    let ridge = try RidgeRegression(self, algebra, inputs: data.first, outputs: outputs, lambda: lambda)
    let (equations, chosen) = try ridge.equations(lambda: lambda, lambdaName) { samples, wanted in
      for (row, sample) in samples.enumerated() {
        let place = wanted + row * outputs
        targets.read(sample: sample, into: place)
        for j in 0..<outputs { place[j] = (place[j] - outputScaling.shift[j]) / outputScaling.scale[j] }
      }
    }
    let solution = try equations.solution()
    let squares = try equations.squaredErrors(of: solution)
    try requireReadout(solution.all, chosen, lambdaName)
    store(solution.all, stack, feature: 0)
    var error = 0.0
    for j in 0..<outputs { error += squares[j] * outputScaling.scale[j] * outputScaling.scale[j] }
    return ReadoutSolution(loss: error / (Double(data.samples) * Double(outputs)), lambda: chosen)
  }

  /// Throws unless a solution stays finite in single precision.
  func requireReadout(_ solution: MatrixPart, _ lambda: Double, _ lambdaName: String) throws(Failure) {
    for row in 0..<solution.rows {
      for column in 0..<solution.columns
      where !Float(solution.base[row * solution.rowStride + column]).isFinite {
        throw Failure(
          .notFinite, "\(lambdaName): the solution overflows at \(lambda); use a larger lambda, such as 1e-6")
      }
    }
  }

  /// Writes weights and, in the last row, biases of neighbouring features from `feature` on.
  func store(_ solution: MatrixPart, _ stack: Stack, feature: Int) {
    guard let readout = stack.readout else { return }
    for row in 0..<solution.rows {
      let place =
        row < stack.lastLayer.neurons ? readout.weightOffset + row * stack.features : readout.biasOffset
      for column in 0..<solution.columns {
        parameters.base[place + feature + column] = Float(solution.base[row * solution.rowStride + column])
      }
    }
  }
}
