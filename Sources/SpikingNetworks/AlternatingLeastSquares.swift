import Glibc
import Kernels
import Runtime

/// The linear readouts of an operator network in closed form, one stack after the other, the others held fixed.
///
/// With the hidden layers' mean spike trains Phi_i (and a constant 1) as given, the outputs are linear in each stack's
/// readout C_i. Its normal equations are a Kronecker product, so that a step is two small solves:
///
///     C_i = (Phi_i^T Phi_i + lambda)^-1  Phi_i^T R_i  (H_i)^-1,    H_i = elementwise product over j != i of G_j^T G_j
///
/// where G_j are the features of the other stacks and R_i the targets contracted with them: what the derivative by the
/// features of stack i would be if the targets were the derivative by the outputs. The hidden layers run once.
struct AlternatingLeastSquares {
  private let network: Network
  private let data: NetworkData
  private let targets: HostArray
  private let account: MemoryAccount

  /// Sweeps over all stacks; for two stacks each is a step of subspace iteration.
  private static let sweeps = 12
  private static let blockFunctions = 128

  init(_ network: Network, _ data: NetworkData, _ targets: HostArray) throws(Failure) {
    guard network.specification.readout == .linear else {
      throw Failure(
        .unsupported, "readout: a spiking readout has no linear map to solve for; use readout = linear")
    }
    guard data.points == .shared else {
      throw Failure(
        .unsupported, "inputs: the closed form needs points that all functions share; train without readout_solve")
    }
    self.network = network
    self.data = data
    self.targets = targets
    account = network.account
  }

  /// - Returns: mean squared error of the solution, in the host's units.
  func solve(lambda: Double, _ lambdaName: String) throws(Failure) -> Double {
    let factors = try makeFactors(lambda: lambda, lambdaName)
    let combination = ProductCombination(network, account: account)
    for _ in 0..<Self.sweeps {
      for index in factors.indices.reversed() {
        try improve(index, factors, combination)
        // Only the last of a sweep carries the size of the outputs; the others are a basis.
        if index > 0 { try factors[index].makeBasis(orthonormal: factors.count == 2) }
      }
    }
    balance(factors)
    for factor in factors { factor.store(in: network.parameters.base) }
    return try meanSquaredError()
  }

  /// Runs the hidden layers and keeps their mean spike trains.
  private func makeFactors(lambda: Double, _ lambdaName: String) throws(Failure) -> [ReadoutFactor] {
    try network.requireFiniteParameters()
    var factors: [ReadoutFactor] = []
    for (index, stack) in network.stacks.enumerated() {
      var riders = Riders()
      riders.traces = true
      let pass = try ForwardPass(
        stack, riders: riders, kernels: network.kernels, pool: network.pool, account: account)
      pass.parameters.pack(network.parameters.base)
      let array = data.arrays[index]
      try pass.run(
        InputBatch(array, scaling: network.inputScalings[index], first: 0, samples: array.samples),
        steps: network.specification.timeSteps)
      factors.append(try ReadoutFactor(network, pass, lambda: lambda, lambdaName, account: account))
    }
    return factors
  }

  /// Solves for one stack's readout.
  private func improve(
    _ index: Int, _ factors: [ReadoutFactor], _ combination: ProductCombination
  ) throws(Failure) {
    let fields = network.specification.outputs
    let columns = targets.features
    let wanted = try Buffer<Float>(
      try checkedProduct(Self.blockFunctions, columns, for: "a block of targets"), for: "a block of targets",
      account: account)
    let factor = factors[index]
    factor.clearContraction()
    var first = 0
    while first < targets.samples {
      let count = min(Self.blockFunctions, targets.samples - first)
      for row in 0..<count {
        for column in 0..<columns {
          let field = column % fields
          wanted.base[row * columns + column] = Float(
            (targets.value(sample: first + row, feature: column) - network.outputScaling.shift[field])
              / network.outputScaling.scale[field])
        }
      }
      try combination.take(
        factors.enumerated().map {
          $0.offset == 0 ? $0.element.rows(first, count) : $0.element.rows(0, $0.element.count)
        },
        .shared)
      let contracted = combination.featureGradients(UnsafePointer(wanted.base))
      factor.addContraction(contracted[index], first: index == 0 ? first : 0, rows: index == 0 ? count : factor.count)
      first += count
    }
    try factor.solve(others: factors.enumerated().filter { $0.offset != index }.map(\.element))
  }

  /// Shares the size of each product evenly among its stacks, so that training moves them all alike.
  private func balance(_ factors: [ReadoutFactor]) {
    let sizes = factors.map { $0.sizes() }
    for (index, factor) in factors.enumerated() {
      factor.scale { k in
        let product = sizes.reduce(1) { $0 * $1[k] }
        let share = pow(product, 1 / Double(factors.count))
        return sizes[index][k] > 0 && share > 0 ? share / sizes[index][k] : 1
      }
    }
  }

  private func meanSquaredError() throws(Failure) -> Double {
    var error = 0.0
    let fields = network.specification.outputs
    let columns = targets.features
    try network.forEachPrediction(data) { outputs, first, count in
      for row in 0..<count {
        for column in 0..<columns {
          let field = column % fields
          let value =
            network.outputScaling.shift[field]
            + network.outputScaling.scale[field] * Double(outputs[row * columns + column])
          let residual = value - targets.value(sample: first + row, feature: column)
          error += residual * residual
        }
      }
    }
    return error / (Double(targets.samples) * Double(columns))
  }
}

/// One stack's part in the alternating solve: its hidden rates, its readout, and the features that they give.
final class ReadoutFactor {
  let count: Int
  private let stack: Stack
  private let kernels: KernelTable
  private let fields: Int
  private let latent: Int
  /// [rows][padded unknowns]: mean spike trains and a 1.
  private let rates: Buffer<Float>
  private let factor: Buffer<Double>
  /// [rows][fields x latent]
  private let features: Buffer<Float>
  private let contraction: Buffer<Double>
  /// [unknowns][latent] of one field, and its transpose.
  private let solution: Buffer<Double>
  private let transposed: Buffer<Double>
  private let gram: Buffer<Double>
  private let readout: Buffer<Float>

  init(
    _ network: Network, _ pass: ForwardPass, lambda: Double, _ lambdaName: String, account: MemoryAccount
  ) throws(Failure) {
    stack = pass.stack
    kernels = network.kernels
    count = pass.samples
    fields = network.specification.outputs
    latent = network.specification.latent
    let purpose = "the readout of \(pass.samples) rows"
    let unknowns = pass.stack.lastLayer.neurons + 1
    rates = try Buffer(
      try checkedProduct(count, padded(unknowns), for: purpose), for: purpose, account: account)
    factor = try Buffer(unknowns * unknowns, for: purpose, account: account)
    features = try Buffer(try checkedProduct(count, stack.features, for: purpose), for: purpose, account: account)
    contraction = try Buffer(try checkedProduct(count, stack.features, for: purpose), for: purpose, account: account)
    solution = try Buffer(unknowns * latent, for: purpose, account: account)
    transposed = try Buffer(unknowns * latent, for: purpose, account: account)
    gram = try Buffer(latent * latent, for: purpose, account: account)
    readout = try Buffer(try checkedProduct(unknowns, stack.features, for: purpose), for: purpose, account: account)
    guard let traces = pass.traces else { return }
    features.base.update(from: traces.features, count: count * stack.features)
    let width = stack.lastLayer.width
    for row in 0..<count {
      let place = rates.base + row * padded(unknowns)
      place.update(from: traces.rates[stack.layers.count - 1] + row * width, count: unknowns - 1)
      place[unknowns - 1] = 1
    }
    kernels.accumulateGram(count, unknowns, rates.base, padded(unknowns), factor.base, unknowns, 0, unknowns)
    var trace = 0.0
    for index in 0..<unknowns - 1 { trace += factor.base[index * unknowns + index] }
    let mean = trace / Double(max(unknowns - 1, 1))
    let penalty = max(lambda, 1e-12) * (mean > 0 ? mean : 1)
    for index in 0..<unknowns - 1 { factor.base[index * unknowns + index] += penalty }
    guard kernels.choleskyFactor(unknowns, factor.base, unknowns) else {
      throw Failure(
        .outOfRange, "\(lambdaName): the normal equations are singular at \(lambda); use a larger one, such as 1e-6")
    }
  }

  private var unknowns: Int { stack.lastLayer.neurons + 1 }

  func rows(_ first: Int, _ count: Int) -> ProductCombination.Features {
    ProductCombination.Features(values: UnsafePointer(features.base + first * stack.features), rows: count)
  }

  func clearContraction() { contraction.clear() }

  func addContraction(_ values: UnsafePointer<Float>, first: Int, rows: Int) {
    let target = contraction.base + first * stack.features
    for index in 0..<rows * stack.features { target[index] += Double(values[index]) }
  }

  /// The readout that fits the contracted targets, with the other stacks' features as they are.
  func solve(others: [ReadoutFactor]) throws(Failure) {
    for field in 0..<fields {
      formGram(others, field)
      solution.clear()
      kernels.accumulateCross(
        count, unknowns, latent, rates.base, padded(unknowns), contraction.base + field * latent, stack.features,
        solution.base)
      kernels.choleskySolve(unknowns, latent, factor.base, unknowns, solution.base, latent)
      guard kernels.choleskyFactor(latent, gram.base, latent) else {
        throw Failure(
          .outOfRange, "latent: its \(latent) products have become dependent; use fewer, or a larger lambda")
      }
      transpose(solution.base, unknowns, latent, transposed.base)
      kernels.choleskySolve(latent, unknowns, gram.base, latent, transposed.base, unknowns)
      transpose(transposed.base, latent, unknowns, solution.base)
      for unknown in 0..<unknowns {
        for k in 0..<latent {
          readout.base[unknown * stack.features + field * latent + k] = Float(solution.base[unknown * latent + k])
        }
      }
    }
    updateFeatures()
  }

  /// H: the elementwise product of the other stacks' feature Grams, with a floor that keeps it positive definite.
  private func formGram(_ others: [ReadoutFactor], _ field: Int) {
    for index in 0..<latent * latent { gram.base[index] = 1 }
    let own = Array(repeating: 0.0, count: latent * latent)
    for other in others {
      var sum = own
      sum.withUnsafeMutableBufferPointer { sum in
        guard let base = sum.baseAddress else { return }
        kernels.accumulateGram(
          other.count, latent, other.features.base + field * latent, other.stack.features, base, latent, 0, latent)
        for index in 0..<latent * latent { gram.base[index] *= base[index] }
      }
    }
    var trace = 0.0
    for index in 0..<latent { trace += gram.base[index * latent + index] }
    for index in 0..<latent { gram.base[index * latent + index] += 1e-9 * max(trace / Double(latent), 1e-300) }
  }

  /// Makes each field's features orthonormal over the rows, or each feature alone of size 1.
  func makeBasis(orthonormal: Bool) throws(Failure) {
    if !orthonormal {
      let sizes = sizes()
      scale { sizes[$0] > 0 ? 1 / sizes[$0] : 1 }
      return
    }
    for field in 0..<fields {
      gram.clear()
      kernels.accumulateGram(
        count, latent, features.base + field * latent, stack.features, gram.base, latent, 0, latent)
      var trace = 0.0
      for index in 0..<latent { trace += gram.base[index * latent + index] }
      for index in 0..<latent * latent { gram.base[index] /= Double(count) }
      for index in 0..<latent { gram.base[index * latent + index] += 1e-12 * trace / Double(count * latent) + 1e-300 }
      guard kernels.choleskyFactor(latent, gram.base, latent) else {
        throw Failure(
          .outOfRange, "latent: its \(latent) products have become dependent; use fewer, or a larger lambda")
      }
      // Every row c of the readout becomes c L^-T.
      for unknown in 0..<unknowns {
        let row = readout.base + unknown * stack.features + field * latent
        for k in 0..<latent {
          var value = Double(row[k])
          for j in 0..<k { value -= gram.base[k * latent + j] * Double(row[j]) }
          row[k] = Float(value / gram.base[k * latent + k])
        }
      }
    }
    updateFeatures()
  }

  /// Root mean square of each feature over the rows.
  func sizes() -> [Double] {
    var sums = Array(repeating: 0.0, count: stack.features)
    for row in 0..<count {
      for k in 0..<stack.features {
        let value = Double(features.base[row * stack.features + k])
        sums[k] += value * value
      }
    }
    return sums.map { ($0 / Double(count)).squareRoot() }
  }

  func scale(_ factor: (Int) -> Double) {
    for k in 0..<stack.features {
      let factor = Float(factor(k))
      for unknown in 0..<unknowns { readout.base[unknown * stack.features + k] *= factor }
    }
    updateFeatures()
  }

  private func transpose(
    _ a: UnsafePointer<Double>, _ rows: Int, _ columns: Int, _ out: UnsafeMutablePointer<Double>
  ) {
    for row in 0..<rows {
      for column in 0..<columns { out[column * rows + row] = a[row * columns + column] }
    }
  }

  private func updateFeatures() {
    for row in 0..<count {
      let rate = rates.base + row * padded(unknowns)
      let feature = features.base + row * stack.features
      feature.update(from: readout.base + (unknowns - 1) * stack.features, count: stack.features)
      for unknown in 0..<unknowns - 1 where rate[unknown] != 0 {
        kernels.axpy(
          stack.features, rate[unknown], UnsafePointer(readout.base + unknown * stack.features), feature)
      }
    }
  }

  /// Writes the readout's weights and biases to the flat parameters.
  func store(in parameters: UnsafeMutablePointer<Float>) {
    guard let place = stack.readout else { return }
    let neurons = stack.lastLayer.neurons
    (parameters + place.weightOffset).update(from: readout.base, count: neurons * stack.features)
    (parameters + place.biasOffset).update(from: readout.base + neurons * stack.features, count: stack.features)
  }
}
