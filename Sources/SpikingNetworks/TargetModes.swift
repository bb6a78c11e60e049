import Kernels
import Runtime

/// What a trunk has to say: the principal modes of the targets along its axis of the points.
///
/// Singular vectors of the targets, one point of the axis in each row, times the root of their singular value; the
/// first has mean square 1.
package final class TargetModes {
  private let values: Matrix

  fileprivate init(_ values: Matrix) { self.values = values }

  /// [points of the axis][fields x latent]
  package var array: HostArray {
    HostArray(
      base: UnsafeMutableRawPointer(values.base), scalar: .float64, times: 0, samples: values.rows,
      features: values.columns, timeStride: 0, sampleStride: values.columns, featureStride: 1)
  }
}

extension Network {
  /// The modes for every trunk, from at most 512 functions at even distances.
  package func targetModes(_ data: NetworkData, _ targets: HostArray) throws(Failure) -> [TargetModes] {
    let algebra = MatrixAlgebra(self)
    let count = min(targets.samples, Self.modeFunctions)
    let functions = (0..<count).map { $0 * targets.samples / count }
    var modes: [TargetModes] = []
    for axis in data.pointExtents.indices {
      let values = try algebra.matrix(data.pointExtents[axis], stacks[axis + 1].features)
      for field in 0..<specification.outputs {
        let unfolded = try unfold(targets, functions, data.pointExtents.array, axis, field, algebra)
        let singular = try algebra.singularVectors(unfolded.all, count: specification.latent)
        for (k, value) in singular.values.enumerated() {
          let size = (Double(values.rows) * value / singular.values[0]).squareRoot()
          for point in 0..<values.rows {
            values[point][field * specification.latent + k] = size * singular.right[point][k]
          }
        }
      }
      modes.append(TargetModes(values))
    }
    return modes
  }

  private static let modeFunctions = 512

  /// One field's targets in the network's units, the axis along columns and all else along rows.
  private func unfold(
    _ targets: HostArray, _ functions: [Int], _ extents: [Int], _ axis: Int, _ field: Int, _ algebra: MatrixAlgebra
  ) throws(Failure) -> Matrix {
    let inner = extents[(axis + 1)...].reduce(1, *)
    let points = extents[axis]
    let outer = extents[..<axis].reduce(1, *)
    let fields = specification.outputs
    let result = try algebra.matrix(functions.count * outer * inner, points)
    let all = try algebra.matrix(1, targets.features)
    for (row, function) in functions.enumerated() {
      try stopFlag.check()
      targets.read(sample: function, into: all.base)
      for before in 0..<outer {
        for after in 0..<inner {
          let place = result[(row * outer + before) * inner + after]
          for point in 0..<points {
            let value = all.base[((before * points + point) * inner + after) * fields + field]
            place[point] = (value - outputScaling.shift[field]) / outputScaling.scale[field]
          }
        }
      }
    }
    return result
  }

  /// A trunk as a network of its own, from coordinates to features, with a copy of its parameters and its widths of
  /// surrogates.
  package func standaloneTrunk(_ index: Int) throws(Failure) -> Network {
    let stack = stacks[index]
    var specification = specification
    specification.architecture = .mlp
    specification.inputs = stack.inputs
    specification.hidden = stack.specification.hidden
    specification.outputs = stack.features
    let trunk = try Network(specification, pool: pool, stopFlag: stopFlag)
    trunk.parameters.base.update(from: parameters.base + stack.parameterOffset, count: stack.parameterCount)
    trunk.inputScalings = [inputScalings[index]]
    try trunk.surrogateWidths.set(Array(surrogateWidths.values[layerRange(index)]))
    return trunk
  }

  /// Takes the parameters, and the widths of surrogates, that a standalone trunk has come to.
  package func takeTrunk(_ index: Int, _ trunk: Network) throws(Failure) {
    (parameters.base + stacks[index].parameterOffset).update(
      from: trunk.parameters.base, count: stacks[index].parameterCount)
    var widths = surrogateWidths.values
    widths.replaceSubrange(layerRange(index), with: trunk.surrogateWidths.values)
    try surrogateWidths.set(widths)
  }

  /// Of a stack, among the layers of all.
  private func layerRange(_ index: Int) -> Range<Int> {
    let first = stacks[..<index].reduce(0) { $0 + $1.layers.count }
    return first..<first + stacks[index].layers.count
  }
}
