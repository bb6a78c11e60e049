internal import CRFGSNN
import Runtime

/// The shape that a call expects of an array: rows of features, [samples, features] or [functions, points, fields].
/// A dimension may come before them that is not always there, and rows of one feature may lack the last.
struct ExpectedShape {
  struct Dimension {
    let name: StaticString
    /// Nil where the call takes any extent.
    let extent: Int?

    fileprivate var text: Sentence { if let extent { "\(extent)" } else { "\(name)" } }
    fileprivate func fits(_ axis: Axis) -> Bool { extent == nil || extent == axis.extent }
  }

  /// Dimensions of points, between functions and fields.
  struct Points {
    /// None for an MLP, one for each axis of a tensor grid.
    let axes: Int
    /// Nil where the call takes any.
    let extents: StackList<Int>?

    fileprivate func text(_ axis: Int) -> Sentence {
      if let extent = extents?[axis] { return "\(extent)" }
      return axes == 1 ? "points" : "points_\(axis)"
    }
  }

  var leading: Dimension?
  var samples: Dimension
  var points: Points
  var features: Int

  init(leading: Dimension? = nil, _ samples: Dimension, points: Points = Points(axes: 0, extents: nil), features: Int) {
    self.leading = leading
    self.samples = samples
    self.points = points
    self.features = features
  }

  /// [samples, features], or [times, samples, features] where inputs may change in time.
  init(samples: Int?, features: Int, times: Int? = nil) {
    self.init(
      leading: times.map { Dimension(name: "time_steps", extent: $0) },
      Dimension(name: "samples", extent: samples), features: features)
  }

  /// Samples and points.
  fileprivate var rows: Int { 1 + points.axes }

  fileprivate func fits(row: Int, _ axis: Axis) -> Bool {
    if row == 0 { return samples.fits(axis) }
    guard let extents = points.extents else { return true }
    return extents[row - 1] == axis.extent
  }

  fileprivate var text: Sentence {
    var text: Sentence = "[\(rowText), \(features)]"
    if features == 1 { text = text + " or [\(rowText)]" }
    if let leading { text = text + " or [\(leading.text), \(rowText), \(features)]" }
    return text
  }

  private var rowText: Sentence {
    var text = samples.text
    for axis in 0..<points.axes { text = text + ", \(points.text(axis))" }
    return text
  }
}

/// The host's array, checked so far that no element lies where it cannot: rank, extents, type, device, alignment, and
/// every address by arithmetic that notices overflow.
struct ArrayView {
  let start: UnsafeMutableRawPointer
  let scalar: HostArray.Scalar
  /// All dimensions of the host's array.
  let axes: AxisList
  let leading: Axis?
  /// As many as the expected shape has.
  let rows: AxisList
  let feature: Axis

  /// - Parameters:
  ///   - name: the argument's name, for sentences.
  ///   - written: whether the library writes to it; no element may then have two places.
  init(
    _ array: UnsafePointer<rfgsnn_array>?, _ name: String, _ expected: ExpectedShape, written: Bool = false
  ) throws(Failure) {
    guard let array = array?.pointee else {
      throw Failure(.nullPointer, "\(name): is NULL; pass an array of shape \(expected.text)")
    }
    scalar = try array.requireScalar(name)
    let axes = try array.requireAxes(name, expected)
    self.axes = axes
    let lead = axes.count - expected.rows == 2 ? 1 : 0
    leading = lead == 1 ? axes[0] : nil
    var rows = AxisList()
    for row in 0..<expected.rows { rows.append(axes[lead + row]) }
    self.rows = rows
    feature = lead + rows.count < axes.count ? axes[lead + rows.count] : .single
    if written { try requireOwnPlaces(axes, name) }
    start = try array.requireMemory(name, scalar, axes)
  }
}

extension HostArray {
  /// An array of samples: what follows the first dimension of a row belongs to its features.
  init(
    _ array: UnsafePointer<rfgsnn_array>?, _ name: String, _ expected: ExpectedShape, written: Bool = false
  ) throws(Failure) {
    let view = try ArrayView(array, name, expected, written: written)
    var features = AxisList()
    for row in 1..<view.rows.count { features.append(view.rows[row]) }
    features.append(view.feature)
    self.init(
      base: view.start, scalar: view.scalar, time: view.leading, samples: HostAxes(view.rows[0]),
      features: HostAxes(features), shape: view.axes)
  }

  /// An array that the library fills.
  init(
    _ array: UnsafeMutablePointer<rfgsnn_array>?, filling name: String, _ expected: ExpectedShape
  ) throws(Failure) {
    try self.init(UnsafePointer(array), name, expected, written: true)
  }

  /// An array whose rows are all the samples, whatever their dimensions.
  init(rows view: ArrayView) {
    var samples = AxisList()
    if let leading = view.leading { samples.append(leading) }
    for axis in view.rows { samples.append(axis) }
    self.init(
      base: view.start, scalar: view.scalar, samples: HostAxes(samples), features: HostAxes(view.feature),
      shape: view.axes)
  }
}

private func requireOwnPlaces(_ axes: AxisList, _ name: String) throws(Failure) {
  var longer = AxisList()
  for axis in axes where axis.extent > 1 { longer.append(axis) }
  if longer.count > 2 {
    if mayOverlap(longer) {
      throw Failure(
        .shape,
        "\(name): its strides interleave its dimensions, or put two elements in one place; let each dimension step "
          + "over all of the smaller ones")
    }
  } else if overlap(longer.count > 0 ? longer[0] : .single, longer.count > 1 ? longer[1] : .single) {
    throw Failure(.shape, "\(name): its strides put two elements in one place; give each element its own")
  }
}

/// Whether i * a.stride == j * b.stride for some |i| < a.extent and |j| < b.extent, not both 0.
func overlap(_ a: Axis, _ b: Axis) -> Bool {
  if a.extent == 1 { return b.extent > 1 && b.stride == 0 }
  if b.extent == 1 { return a.stride == 0 }
  var (divisor, rest) = (a.stride.magnitude, b.stride.magnitude)
  while rest != 0 { (divisor, rest) = (rest, divisor % rest) }
  if divisor == 0 { return true }
  // The smallest such i and j; all others are their multiples.
  return b.stride.magnitude / divisor < a.extent.magnitude && a.stride.magnitude / divisor < b.extent.magnitude
}

/// Whether two elements may share a place, for any number of dimensions. On the safe side: it says no for every
/// array of which each dimension steps over all of those with smaller strides, as parts, transposes and reversals of
/// contiguous arrays do, and yes for any other, although the elements of some of these have places of their own.
func mayOverlap(_ axes: AxisList) -> Bool {
  var axes = axes
  axes.sort { $0.stride.magnitude < $1.stride.magnitude }
  var reach: UInt = 0
  for axis in axes where axis.extent > 1 {
    if axis.stride.magnitude <= reach { return true }
    let (length, tooLong) = (axis.extent - 1).magnitude.multipliedReportingOverflow(by: axis.stride.magnitude)
    let (sum, tooFar) = reach.addingReportingOverflow(length)
    // There is no such memory, which is said elsewhere.
    if tooLong || tooFar { return false }
    reach = sum
  }
  return false
}

extension rfgsnn_array {
  fileprivate func requireScalar(_ name: String) throws(Failure) -> HostArray.Scalar {
    if device.device_type != 1 {
      throw Failure(
        .dataType, "\(name): device_type is \(device.device_type), not 1 (CPU memory); copy the array there first")
    }
    switch (dtype.code, dtype.bits, dtype.lanes) {
    case (2, 32, 1): return .float32
    case (2, 64, 1): return .float64
    default:
      throw Failure(
        .dataType,
        "\(name): elements are of type \(dtypeText); convert them to float32 (code 2, bits 32, lanes 1) or float64")
    }
  }

  private var dtypeText: Sentence {
    let text: Sentence =
      switch dtype.code {
      // The type codes of DLPack.
      case 0: "int\(dtype.bits)"
      case 1: "uint\(dtype.bits)"
      case 2: "float\(dtype.bits)"
      case 3: "handle\(dtype.bits)"
      case 4: "bfloat\(dtype.bits)"
      case 5: "complex\(dtype.bits)"
      case 6: "bool\(dtype.bits)"
      case let code: "code \(code), bits \(dtype.bits)"
      }
    return dtype.lanes == 1 ? text : text + " with lanes \(dtype.lanes)"
  }

  /// The dimensions, slowest first, with strides in C order where there are none, and 0 where only one element is.
  fileprivate func requireAxes(_ name: String, _ expected: ExpectedShape) throws(Failure) -> AxisList {
    let mostElements = Int.max / 64
    guard let shape, (1...Self.mostDimensions).contains(ndim) else { throw wrongShape(name, expected) }
    let rank = Int(ndim)
    // Read once: the host's other threads may write to it.
    var axes = AxisList()
    var elements = 1
    for axis in 0..<rank {
      let extent = Int(shape[axis])
      if extent < 0 || extent > Int(Int32.max) {
        throw wrongShape(name, expected, "; extents go from 1 to 2147483647")
      }
      if extent == 0 { throw wrongShape(name, expected, "; an array without elements is not taken") }
      let (product, overflow) = elements.multipliedReportingOverflow(by: extent)
      if overflow || product > mostElements { throw wrongShape(name, expected, "; it has too many elements") }
      elements = product
      axes.append(Axis(extent: extent, stride: strides.map { Int($0[axis]) } ?? 0))
    }
    // C order: the loop above has bounded the product of all extents.
    var contiguous = 1
    for axis in (0..<rank).reversed() {
      let extent = axes[axis].extent
      if extent == 1 {
        axes[axis] = .single
      } else if strides == nil {
        axes[axis] = Axis(extent: extent, stride: contiguous)
      }
      contiguous *= extent
    }
    guard fits(axes, expected) else { throw wrongShape(name, expected) }
    return axes
  }

  /// Of [functions, four axes of points, fields].
  private static var mostDimensions: Int32 { 6 }

  private func fits(_ axes: AxisList, _ expected: ExpectedShape) -> Bool {
    let lead: Int
    switch (axes.count - expected.rows, expected.leading) {
    case (0, _): lead = 0
    case (1, _): lead = 0
    case (2, let leading?):
      if !leading.fits(axes[0]) { return false }
      lead = 1
    default: return false
    }
    let features = axes.count - lead > expected.rows ? axes[axes.count - 1].extent : 1
    if features != expected.features { return false }
    for row in 0..<expected.rows where !expected.fits(row: row, axes[lead + row]) { return false }
    return true
  }

  /// The address of the first element, when all elements are at addresses that exist and are aligned.
  fileprivate func requireMemory(
    _ name: String, _ scalar: HostArray.Scalar, _ axes: AxisList
  ) throws(Failure) -> UnsafeMutableRawPointer {
    guard let data else { throw Failure(.nullPointer, "\(name): its data is NULL; it must point to the elements") }
    let bytes = scalar == .float32 ? 4 : 8
    var reach = Reach()
    for axis in axes { reach.extend(axis) }
    guard let start = reach.start(data: data, offset: byte_offset, elementBytes: bytes) else {
      throw Failure(
        .shape, "\(name): its strides or byte_offset lead outside of memory; strides count elements, not bytes")
    }
    if UInt(bitPattern: start) % UInt(bytes) != 0 {
      throw Failure(
        .dataType, "\(name): its first element is not at a multiple of \(bytes) bytes; copy it to an aligned array")
    }
    return start
  }

  private func wrongShape(
    _ name: String, _ expected: ExpectedShape, _ remark: StaticString = ""
  ) -> Failure {
    Failure(.shape, "\(name): \(shapeText), expected \(expected.text)\(remark)")
  }

  private var shapeText: Sentence {
    guard let shape, (1...8).contains(ndim) else {
      return shape == nil && ndim > 0 ? "rank \(ndim) and shape NULL" : "rank \(ndim)"
    }
    var text: Sentence = "shape [\(shape[0])"
    for axis in 1..<Int(ndim) { text = text + ", \(shape[axis])" }
    return text + "]"
  }
}

/// The lowest and highest element of an array relative to the first one.
struct Reach {
  private var lowest = 0
  private var highest = 0
  private var overflow = false

  mutating func extend(_ axis: Axis) {
    let (distance, tooFar) = (axis.extent - 1).multipliedReportingOverflow(by: axis.stride)
    let low = lowest.addingReportingOverflow(min(distance, 0))
    let high = highest.addingReportingOverflow(max(distance, 0))
    (lowest, highest) = (low.partialValue, high.partialValue)
    overflow = overflow || tooFar || low.overflow || high.overflow
  }

  /// Where the first element is, or nil when it or another one is at no address.
  func start(
    data: UnsafeMutableRawPointer, offset: UInt64, elementBytes: Int
  ) -> UnsafeMutableRawPointer? {
    let low = lowest.multipliedReportingOverflow(by: elementBytes)
    let high = highest.multipliedReportingOverflow(by: elementBytes)
    guard !overflow, !low.overflow, !high.overflow,
      let address = Int(exactly: UInt(bitPattern: data)), let offset = Int(exactly: offset)
    else { return nil }
    let start = address.addingReportingOverflow(offset)
    let first = start.partialValue.addingReportingOverflow(low.partialValue)
    let last = start.partialValue.addingReportingOverflow(high.partialValue)
    let end = last.partialValue.addingReportingOverflow(elementBytes)
    guard !start.overflow, !first.overflow, !last.overflow, !end.overflow, first.partialValue > 0 else { return nil }
    return UnsafeMutableRawPointer(bitPattern: start.partialValue)
  }
}
