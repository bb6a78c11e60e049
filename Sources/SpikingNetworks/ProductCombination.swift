import Kernels
import Runtime

/// y[f, q, o] = sum_k branch[f, o, k] trunk[q, o, k], where the trunk of a tensor grid is itself the product of its
/// axes' features. Features are stored [fields][latent] in each row.
///
/// Branch features are found once for each function and trunk features once for each point: the outputs are a matrix
/// product of the two, never a batch of all pairs.
package final class ProductCombination {
  /// The features of one stack: [rows][fields x latent].
  package struct Features {
    let values: UnsafePointer<Float>
    let rows: Int

    package init(values: UnsafePointer<Float>, rows: Int) {
      self.values = values
      self.rows = rows
    }
  }

  private let kernels: KernelTable
  private let pool: ThreadPool
  private let account: MemoryAccount
  private let stopFlag: StopFlag
  private let fields: Int
  private let latent: Int
  private var points = Points.shared
  private var functions = 0
  private var pointCount = 0
  /// Of tensor grids: points along each axis.
  private var axes = StackList<Int>()
  private var memory: Memory?

  /// Buffers for one size of batch.
  private struct Memory {
    let functions: Int
    let pointCount: Int
    /// [functions][points][fields]
    let outputs: Buffer<Float>
    /// [points][fields x latent]: the trunk's features, or the products over the axes.
    let trunk: Buffer<Float>
    let trunkGradient: Buffer<Float>
    /// [functions][fields x latent]
    let branchGradient: Buffer<Float>
    /// One field's: [latent][padded points], [points][padded latent], [functions][padded latent], and results.
    let transposed: Buffer<Float>
    let trunkRows: Buffer<Float>
    let branchRows: Buffer<Float>
    let product: Buffer<Float>
    /// Per axis [points of the axis][fields x latent], and a row.
    let axisGradients: [Buffer<Float>]
    let row: Buffer<Float>
    /// The branch's gradient and the axes'.
    let featureGradients: [UnsafePointer<Float>]
  }

  package init(_ network: Network, account: MemoryAccount) {
    kernels = network.kernels
    pool = network.pool
    self.account = account
    stopFlag = network.stopFlag
    fields = network.specification.outputs
    latent = network.specification.latent
  }

  private var features: Int { fields * latent }
  package var outputsPerSample: Int { pointCount * fields }
  package var outputs: UnsafePointer<Float>? { memory.map { UnsafePointer($0.outputs.base) } }

  private var stacks = StackList<Features>()

  /// Takes the features of all stacks, branch first; they must stay where they are while outputs and gradients are
  /// asked for.
  package func take(_ stacks: StackList<Features>, _ points: Points) throws(Failure) {
    self.stacks = stacks
    self.points = points
    functions = stacks[0].rows
    axes = StackList()
    for index in 1..<stacks.count { axes.append(stacks[index].rows) }
    pointCount = points == .perSample ? axes[0] / max(functions, 1) : axes.product
    let memory = try reserve()
    if points == .shared { try joinAxes(memory) }
  }

  /// Takes other features of the same functions.
  package func takeBranch(_ values: UnsafePointer<Float>) {
    stacks[0] = Features(values: values, rows: functions)
  }

  /// Finds the outputs.
  package func combine() throws(Failure) {
    guard let memory else { return }
    if points == .perSample { return try combinePairs(memory) }
    for field in 0..<fields {
      try transposeTrunk(field, memory)
      try multiplyFeatures(field, memory)
    }
  }

  private func reserve() throws(Failure) -> Memory {
    if let memory, memory.functions == functions, memory.pointCount == pointCount,
      axes.indices.allSatisfy({ memory.axisGradients[$0].count == axes[$0] * features })
    {
      return memory
    }
    memory = nil
    let purpose = "the products of \(functions) functions and \(pointCount) points"
    func take(_ rows: Int, _ width: Int) throws(Failure) -> Buffer<Float> {
      try Buffer(try checkedProduct(rows, width, for: purpose), for: purpose, account: account)
    }
    let shared = points == .shared
    var axisGradients: [Buffer<Float>] = []
    for axis in axes.indices { axisGradients.append(try take(axes[axis], features)) }
    let joined = shared ? pointCount : 0
    let branchGradient = try take(functions, features)
    let made = Memory(
      functions: functions, pointCount: pointCount, outputs: try take(functions, pointCount * fields),
      trunk: try take(joined, features), trunkGradient: try take(joined, features),
      branchGradient: branchGradient, transposed: try take(latent, padded(joined)),
      trunkRows: try take(joined, padded(latent)), branchRows: try take(functions, padded(latent)),
      product: try take(max(functions * padded(joined), max(functions, joined) * padded(latent)), 1),
      axisGradients: axisGradients, row: try take(1, features),
      featureGradients: ([branchGradient] + axisGradients).map { UnsafePointer($0.base) })
    memory = made
    return made
  }

  /// The trunk's features at every point: for a tensor grid the products of the axes', last axis fastest.
  private func joinAxes(_ memory: Memory) throws(Failure) {
    try forEachPoint { point, places in
      let row = memory.trunk.base + point * features
      for axis in places.indices {
        let values = stacks[axis + 1].values + places[axis] * features
        if axis == 0 {
          row.update(from: values, count: features)
        } else {
          kernels.multiplyElements(features, values, row)
        }
      }
    }
  }

  private func forEachPoint(_ body: (_ point: Int, _ places: StackList<Int>) -> Void) throws(Failure) {
    var places = axes.map { _ in 0 }
    for point in 0..<pointCount {
      if point % Self.pointsBetweenChecks == 0 { try stopFlag.check() }
      body(point, places)
      var axis = axes.count - 1
      while axis >= 0 {
        places[axis] += 1
        if places[axis] < axes[axis] { break }
        places[axis] = 0
        axis -= 1
      }
    }
  }

  /// Points of one loop that are done before it looks at the stop flag again.
  private static let pointsBetweenChecks = 1024

  private func transposeTrunk(_ field: Int, _ memory: Memory) throws(Failure) {
    let width = padded(pointCount)
    for point in 0..<pointCount {
      if point % Self.pointsBetweenChecks == 0 { try stopFlag.check() }
      let row = memory.trunk.base + point * features + field * latent
      for k in 0..<latent { memory.transposed.base[k * width + point] = row[k] }
    }
  }

  private func multiplyFeatures(_ field: Int, _ memory: Memory) throws(Failure) {
    let branch = stacks[0].values
    let width = padded(pointCount)
    let block = 16
    try pool.forEach((functions + block - 1) / block, unless: stopFlag) { index, _ in
      let first = index * block
      let count = min(block, functions - first)
      let product = memory.product.base + first * width
      kernels.product(
        branch + first * features + field * latent, rows: count, columns: latent, rowStride: features,
        by: UnsafePointer(memory.transposed.base), width: width, into: product, accumulate: false)
      for row in 0..<count {
        let outputs = memory.outputs.base + (first + row) * pointCount * fields + field
        for point in 0..<pointCount { outputs[point * fields] = product[row * width + point] }
      }
    }
  }

  /// Every function at points of its own: a dot product for each pair that exists.
  private func combinePairs(_ memory: Memory) throws(Failure) {
    let branch = stacks[0].values
    let trunk = stacks[1].values
    try pool.forEach(functions, unless: stopFlag) { function, _ in
      for point in 0..<pointCount {
        for field in 0..<fields {
          let b = branch + function * features + field * latent
          let t = trunk + (function * pointCount + point) * features + field * latent
          var sum: Float = 0
          for k in 0..<latent { sum += b[k] * t[k] }
          memory.outputs.base[(function * pointCount + point) * fields + field] = sum
        }
      }
    }
  }
}

extension ProductCombination {
  /// dL/dbranch = E trunk, dL/dtrunk = E^T branch; and for each axis the sum over the others.
  func featureGradients(_ e: UnsafePointer<Float>) throws(Failure) -> [UnsafePointer<Float>] {
    guard let memory else { return [] }
    if points == .perSample {
      try pairGradients(e, memory)
    } else {
      for field in 0..<fields {
        try shareBranchGradient(field, e, memory)
        try shareTrunkGradient(field, e, memory)
      }
      try splitAxes(memory)
    }
    return memory.featureGradients
  }

  /// dL/dbranch alone.
  package func branchGradient(_ e: UnsafePointer<Float>) throws(Failure) -> UnsafePointer<Float>? {
    guard let memory else { return nil }
    if points == .perSample {
      try pairGradients(e, memory)
    } else {
      for field in 0..<fields { try shareBranchGradient(field, e, memory) }
    }
    return UnsafePointer(memory.branchGradient.base)
  }

  private func shareBranchGradient(
    _ field: Int, _ e: UnsafePointer<Float>, _ memory: Memory
  ) throws(Failure) {
    let width = padded(latent)
    let columns = pointCount * fields
    for point in 0..<pointCount {
      (memory.trunkRows.base + point * width).update(
        from: memory.trunk.base + point * features + field * latent, count: latent)
    }
    let block = 16
    try pool.forEach((functions + block - 1) / block, unless: stopFlag) { index, _ in
      let first = index * block
      kernels.product(
        e + first * columns + field, rows: min(block, functions - first), columns: pointCount, rowStride: columns,
        columnStride: fields, by: UnsafePointer(memory.trunkRows.base), width: width,
        into: memory.product.base + first * width, accumulate: false)
    }
    for function in 0..<functions {
      (memory.branchGradient.base + function * features + field * latent).update(
        from: memory.product.base + function * width, count: latent)
    }
  }

  private func shareTrunkGradient(_ field: Int, _ e: UnsafePointer<Float>, _ memory: Memory) throws(Failure) {
    let branch = stacks[0].values
    let width = padded(latent)
    let columns = pointCount * fields
    for function in 0..<functions {
      (memory.branchRows.base + function * width).update(
        from: branch + function * features + field * latent, count: latent)
    }
    let block = 16
    try pool.forEach((pointCount + block - 1) / block, unless: stopFlag) { index, _ in
      let first = index * block
      kernels.product(
        e + first * fields + field, rows: min(block, pointCount - first), columns: functions, rowStride: fields,
        columnStride: columns, by: UnsafePointer(memory.branchRows.base), width: width,
        into: memory.product.base + first * width, accumulate: false)
    }
    for point in 0..<pointCount {
      (memory.trunkGradient.base + point * features + field * latent).update(
        from: memory.product.base + point * width, count: latent)
    }
  }

  private func splitAxes(_ memory: Memory) throws(Failure) {
    if axes.count == 1 {
      memory.axisGradients[0].base.update(from: memory.trunkGradient.base, count: pointCount * features)
      return
    }
    for gradient in memory.axisGradients { gradient.clear() }
    let row = memory.row.base
    try forEachPoint { point, places in
      for axis in axes.indices {
        row.update(from: memory.trunkGradient.base + point * features, count: features)
        for other in places.indices where other != axis {
          kernels.multiplyElements(features, stacks[other + 1].values + places[other] * features, row)
        }
        kernels.axpy(
          features, 1, UnsafePointer(row), memory.axisGradients[axis].base + places[axis] * features)
      }
    }
  }

  private func pairGradients(_ e: UnsafePointer<Float>, _ memory: Memory) throws(Failure) {
    let branch = stacks[0].values
    let trunk = stacks[1].values
    try pool.forEach(functions, unless: stopFlag) { function, _ in
      let branchGradient = memory.branchGradient.base + function * features
      branchGradient.update(repeating: 0, count: features)
      for point in 0..<pointCount {
        let pair = function * pointCount + point
        for field in 0..<fields {
          let scalar = e[pair * fields + field]
          let target = memory.axisGradients[0].base + pair * features + field * latent
          target.update(from: branch + function * features + field * latent, count: latent)
          kernels.scale(latent, scalar, target)
          kernels.axpy(
            latent, scalar, trunk + pair * features + field * latent, branchGradient + field * latent)
        }
      }
    }
  }
}
