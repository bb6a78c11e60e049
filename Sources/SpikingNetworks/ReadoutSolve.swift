import Runtime

extension Network {
  /// Finds the linear readout by ridge regression of the targets on the last layer's mean spike trains.
  ///
  /// Normal equations in double precision, accumulated block by block: memory O(neurons^2), whatever the number of
  /// samples. The penalty is `lambda` times their mean diagonal; the bias is not penalised.
  ///
  /// - Returns: mean squared error of the solution, in the host's units.
  package func solveReadout(
    _ data: NetworkData, targets: HostArray, lambda: Double, lambdaName: String = "lambda"
  ) throws(Failure) -> Double {
    if stacks.count > 1 {
      return try AlternatingLeastSquares(self, data, targets).solve(lambda: lambda, lambdaName)
    }
    return try solveLinearReadout(data, targets: targets, lambda: lambda, lambdaName: lambdaName)
  }

  private func solveLinearReadout(
    _ data: NetworkData, targets: HostArray, lambda: Double, lambdaName: String
  ) throws(Failure) -> Double {
    let stack = stacks[0]
    guard let readout = stack.readout else {
      throw Failure(
        .unsupported, "readout: a spiking readout has no linear map to solve for; use readout = linear")
    }
    let neurons = stack.lastLayer.neurons
    let unknowns = neurons + 1
    let outputs = stack.features
    var riders = Riders()
    riders.traces = true
    let pass = try NetworkPass(self, account: account) { _ in riders }
    let equations = try NormalEquations(unknowns, outputs, account: account)
    let rows = try Buffer<Float>(
      Self.solveBlock * padded(unknowns), for: "the rows of the ridge regression", account: account)
    let wanted = try Buffer<Double>(Self.solveBlock * outputs, for: "the ridge regression", account: account)

    try forEachBlock(data, pass) { first, count in
      guard let traces = pass.passes[0].traces else { return }
      var done = 0
      while done < count {
        let block = min(Self.solveBlock, count - done)
        for row in 0..<block {
          let place = rows.base + row * padded(unknowns)
          place.update(
            from: traces.rates[stack.layers.count - 1] + (done + row) * stack.lastLayer.width, count: neurons)
          place[neurons] = 1
          targets.read(sample: first + done + row, into: wanted.base + row * outputs)
          for j in 0..<outputs {
            wanted.base[row * outputs + j] =
              (wanted.base[row * outputs + j] - outputScaling.shift[j]) / outputScaling.scale[j]
          }
        }
        equations.add(rows: block, rows.base, stride: padded(unknowns), wanted.base, kernels, pool)
        done += block
      }
    }
    let squares = try equations.solve(lambda: lambda, lambdaName, kernels)
    let solution = equations.solution
    for index in 0..<unknowns * outputs where !Float(solution[index]).isFinite {
      throw Failure(.notFinite, "\(lambdaName): the solution overflows at \(lambda); use a larger lambda, such as 1e-6")
    }
    for index in 0..<neurons * outputs { parameters.base[readout.weightOffset + index] = Float(solution[index]) }
    for j in 0..<outputs { parameters.base[readout.biasOffset + j] = Float(solution[neurons * outputs + j]) }
    var error = 0.0
    for j in 0..<outputs { error += squares[j] * outputScaling.scale[j] * outputScaling.scale[j] }
    return error / (Double(data.samples) * Double(outputs))
  }

  private static let solveBlock = 256
}
