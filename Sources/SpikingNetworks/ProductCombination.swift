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
  private var kept = BatchMemory<Memory>()
  private var batch: Batch?

  /// The features of all stacks for one batch.
  private struct Batch {
    let points: Points
    let functions: Int
    let pointCount: Int
    var branch: UnsafePointer<Float>
    let memory: Memory
  }

  /// Buffers for batches of one shape, and of fewer functions.
  private final class Memory {
    /// Points along each axis of a tensor grid, a place on it, and the trunks' features.
    let axes: [Int]
    let places: Buffer<Int>
    var trunks: [UnsafePointer<Float>] = []
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
    /// Per axis [rows of its trunk][fields x latent], and a row.
    let axisGradients: [Buffer<Float>]
    let row: Buffer<Float>
    /// The branch's gradient and the axes'.
    let featureGradients: [UnsafePointer<Float>]

    init(_ shape: BatchShape, fields: Int, latent: Int, account: MemoryAccount) throws(Failure) {
      let (functions, points, features) = (shape.samples, shape.pointCount, fields * latent)
      func purpose() -> Sentence { "the products of \(functions) functions and \(points) points" }
      func take(_ rows: Int, _ width: Int) throws(Failure) -> Buffer<Float> {
        try Buffer(try checkedProduct(rows, width, for: purpose()), for: purpose(), account: account)
      }
      axes = shape.extents.array
      places = try Buffer(axes.count, for: purpose(), account: account)
      var axisGradients: [Buffer<Float>] = []
      for axis in axes.indices { axisGradients.append(try take(shape.trunkRows(axis), features)) }
      let joined = shape.points == .shared ? points : 0
      outputs = try take(functions, points * fields)
      trunk = try take(joined, features)
      trunkGradient = try take(joined, features)
      branchGradient = try take(functions, features)
      transposed = try take(latent, padded(joined))
      trunkRows = try take(joined, padded(latent))
      branchRows = try take(functions, padded(latent))
      product = try take(max(functions * padded(joined), max(functions, joined) * padded(latent)), 1)
      row = try take(1, features)
      self.axisGradients = axisGradients
      featureGradients = ([branchGradient] + axisGradients).map { UnsafePointer($0.base) }
    }
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

  /// What is combined, after `take`.
  private var taken: Batch {
    get throws(Failure) {
      guard let batch else { throw .contradiction("features are to be multiplied before they were taken") }
      return batch
    }
  }

  package var outputsPerSample: Int { get throws(Failure) { try taken.pointCount * fields } }

  /// [functions][points][fields], after `combine`.
  package var outputs: UnsafePointer<Float> { get throws(Failure) { UnsafePointer(try taken.memory.outputs.base) } }

  /// Takes the features of all stacks, branch first; they must stay where they are while outputs and gradients are
  /// asked for.
  package func take(_ stacks: StackList<Features>, _ shape: BatchShape) throws(Failure) {
    batch = nil
    guard let branch = stacks[0], branch.rows == shape.samples, stacks.count == shape.extents.count + 1,
      shape.points == .shared || shape.extents.count == 1
    else {
      throw .contradiction("the features are not of the batch's functions")
    }
    let memory = try kept.take(shape) { () throws(Failure) in
      try Memory(shape, fields: fields, latent: latent, account: account)
    }
    memory.trunks.removeAll(keepingCapacity: true)
    for axis in shape.extents.indices {
      guard let trunk = stacks[axis + 1], trunk.rows == shape.trunkRows(axis) else {
        throw .contradiction("the features are not of the batch's points")
      }
      memory.trunks.append(trunk.values)
    }
    let batch = Batch(
      points: shape.points, functions: shape.samples, pointCount: shape.pointCount, branch: branch.values,
      memory: memory)
    if shape.points == .shared { try joinAxes(batch) }
    self.batch = batch
  }

  /// Takes other features of the same functions.
  package func takeBranch(_ values: UnsafePointer<Float>) { batch?.branch = values }

  /// Finds the outputs.
  package func combine() throws(Failure) {
    let batch = try taken
    if batch.points == .perSample { return try combinePairs(batch) }
    for field in 0..<fields {
      try transposeTrunk(field, batch)
      try multiplyFeatures(field, batch)
    }
  }

  /// The trunk's features at every point: for a tensor grid the products of the axes', last axis fastest.
  private func joinAxes(_ batch: Batch) throws(Failure) {
    let memory = batch.memory
    try forEachPoint(batch) { point, places in
      let row = memory.trunk.base + point * features
      for axis in memory.axes.indices {
        let values = memory.trunks[axis] + places[axis] * features
        if axis == 0 {
          row.update(from: values, count: features)
        } else {
          kernels.multiplyElements(features, values, row)
        }
      }
    }
  }

  private func forEachPoint(
    _ batch: Batch, _ body: (_ point: Int, _ places: UnsafePointer<Int>) -> Void
  ) throws(Failure) {
    let (axes, places) = (batch.memory.axes, batch.memory.places.base)
    batch.memory.places.clear()
    for point in 0..<batch.pointCount {
      if point % Self.pointsBetweenChecks == 0 { try stopFlag.check() }
      body(point, UnsafePointer(places))
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

  private func transposeTrunk(_ field: Int, _ batch: Batch) throws(Failure) {
    let memory = batch.memory
    let width = padded(batch.pointCount)
    for point in 0..<batch.pointCount {
      if point % Self.pointsBetweenChecks == 0 { try stopFlag.check() }
      let row = memory.trunk.base + point * features + field * latent
      for k in 0..<latent { memory.transposed.base[k * width + point] = row[k] }
    }
  }

  private func multiplyFeatures(_ field: Int, _ batch: Batch) throws(Failure) {
    let (memory, branch, functions, pointCount) = (batch.memory, batch.branch, batch.functions, batch.pointCount)
    let width = padded(pointCount)
    let block = 16
    try pool.forEach((functions + block - 1) / block, .product(functions, latent, width), unless: stopFlag) {
      index, _ in
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
  private func combinePairs(_ batch: Batch) throws(Failure) {
    let (memory, branch, pointCount) = (batch.memory, batch.branch, batch.pointCount)
    let trunk = memory.trunks[0]
    try pool.forEach(batch.functions, .scalars(batch.functions * pointCount * features), unless: stopFlag) {
      function, _ in
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
    let batch = try taken
    if batch.points == .perSample {
      try pairGradients(e, batch)
    } else {
      for field in 0..<fields {
        try shareBranchGradient(field, e, batch)
        try shareTrunkGradient(field, e, batch)
      }
      try splitAxes(batch)
    }
    return batch.memory.featureGradients
  }

  /// dL/dbranch alone.
  package func branchGradient(_ e: UnsafePointer<Float>) throws(Failure) -> UnsafePointer<Float> {
    let batch = try taken
    if batch.points == .perSample {
      try pairGradients(e, batch)
    } else {
      for field in 0..<fields { try shareBranchGradient(field, e, batch) }
    }
    return UnsafePointer(batch.memory.branchGradient.base)
  }

  private func shareBranchGradient(_ field: Int, _ e: UnsafePointer<Float>, _ batch: Batch) throws(Failure) {
    let (memory, functions, pointCount) = (batch.memory, batch.functions, batch.pointCount)
    let width = padded(latent)
    let columns = pointCount * fields
    for point in 0..<pointCount {
      (memory.trunkRows.base + point * width).update(
        from: memory.trunk.base + point * features + field * latent, count: latent)
    }
    let block = 16
    try pool.forEach((functions + block - 1) / block, .product(functions, pointCount, width), unless: stopFlag) {
      index, _ in
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

  private func shareTrunkGradient(_ field: Int, _ e: UnsafePointer<Float>, _ batch: Batch) throws(Failure) {
    let (memory, branch, functions, pointCount) = (batch.memory, batch.branch, batch.functions, batch.pointCount)
    let width = padded(latent)
    let columns = pointCount * fields
    for function in 0..<functions {
      (memory.branchRows.base + function * width).update(
        from: branch + function * features + field * latent, count: latent)
    }
    let block = 16
    try pool.forEach((pointCount + block - 1) / block, .product(pointCount, functions, width), unless: stopFlag) {
      index, _ in
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

  private func splitAxes(_ batch: Batch) throws(Failure) {
    let memory = batch.memory
    if memory.axes.count == 1 {
      memory.axisGradients[0].base.update(from: memory.trunkGradient.base, count: batch.pointCount * features)
      return
    }
    for gradient in memory.axisGradients { gradient.clear() }
    let row = memory.row.base
    try forEachPoint(batch) { point, places in
      for axis in memory.axes.indices {
        row.update(from: memory.trunkGradient.base + point * features, count: features)
        for other in memory.axes.indices where other != axis {
          kernels.multiplyElements(features, memory.trunks[other] + places[other] * features, row)
        }
        kernels.axpy(
          features, 1, UnsafePointer(row), memory.axisGradients[axis].base + places[axis] * features)
      }
    }
  }

  private func pairGradients(_ e: UnsafePointer<Float>, _ batch: Batch) throws(Failure) {
    let (memory, branch, pointCount) = (batch.memory, batch.branch, batch.pointCount)
    let trunk = memory.trunks[0]
    try pool.forEach(batch.functions, .vectors(2 * batch.functions * pointCount * features), unless: stopFlag) {
      function, _ in
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
