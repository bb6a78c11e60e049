import Kernels
import Runtime

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

  var isFinite: Bool { kernels.allFinite(readout.count, UnsafePointer(readout.base)) }

  /// Writes the readout's weights and biases to the flat parameters.
  func store(in parameters: UnsafeMutablePointer<Float>) {
    guard let place = stack.readout else { return }
    let neurons = stack.lastLayer.neurons
    (parameters + place.weightOffset).update(from: readout.base, count: neurons * stack.features)
    (parameters + place.biasOffset).update(from: readout.base + neurons * stack.features, count: stack.features)
  }
}
