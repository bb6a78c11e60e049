internal import CRFGSNN
import Runtime

/// The shape that a call expects of an array: [samples, features], or [times, samples, features] where inputs may
/// change in time; an array of one feature may also be [samples].
struct ExpectedShape {
  /// Nil where the call takes any number of samples.
  var samples: Int?
  var features: Int
  /// Time steps of an input of rank 3, nil where that is not taken.
  var times: Int?

  init(samples: Int?, features: Int, times: Int? = nil) {
    self.samples = samples
    self.features = features
    self.times = times
  }

  var text: String {
    let samples = self.samples.map { "\($0)" } ?? "samples"
    var text = "[\(samples), \(features)]"
    if features == 1 { text += " or [\(samples)]" }
    if let times { text += " or [\(times), \(samples), \(features)]" }
    return text
  }
}

/// Extent and step, in elements, of one dimension.
struct Axis {
  let extent: Int
  let stride: Int

  static let single = Axis(extent: 1, stride: 0)
}

extension HostArray {
  /// The host's array, checked so far that no element lies where it cannot: rank, extents, type, device, alignment, and
  /// every address by arithmetic that notices overflow.
  ///
  /// - Parameters:
  ///   - name: the argument's name, for sentences.
  ///   - written: whether the library writes to it; no element may then have two places.
  init(
    _ array: UnsafePointer<rfgsnn_array>?, _ name: String, _ expected: ExpectedShape, written: Bool = false
  ) throws(Failure) {
    guard let array = array?.pointee else {
      throw Failure(.nullPointer, "\(name): is NULL; pass an array of shape \(expected.text)")
    }
    let scalar = try array.requireScalar(name)
    let (time, sample, feature) = try array.requireAxes(name, expected)
    if written && overlap(sample, feature) {
      throw Failure(.shape, "\(name): its strides put two elements in one place; give each element its own")
    }
    let start = try array.requireMemory(name, scalar, time, sample, feature)
    self.init(
      base: start, scalar: scalar, times: time?.extent ?? 0, samples: sample.extent, features: feature.extent,
      timeStride: time?.stride ?? 0, sampleStride: sample.stride, featureStride: feature.stride)
  }

  /// An array that the library fills.
  init(
    _ array: UnsafeMutablePointer<rfgsnn_array>?, filling name: String, _ expected: ExpectedShape
  ) throws(Failure) {
    try self.init(UnsafePointer(array), name, expected, written: true)
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

  private var dtypeText: String {
    // The type codes of DLPack.
    let names = ["int", "uint", "float", "handle", "bfloat", "complex", "bool"]
    let code = Int(dtype.code)
    let name = code < names.count ? "\(names[code])\(dtype.bits)" : "code \(code), bits \(dtype.bits)"
    return dtype.lanes == 1 ? name : "\(name) with lanes \(dtype.lanes)"
  }

  /// The dimensions, with strides in C order where there are none, and 0 where only one element is.
  fileprivate func requireAxes(
    _ name: String, _ expected: ExpectedShape
  ) throws(Failure) -> (time: Axis?, sample: Axis, feature: Axis) {
    let mostElements = Int.max / 64
    guard let shape, (1...3).contains(ndim) else { throw wrongShape(name, expected) }
    let rank = Int(ndim)
    // Read once: the host's other threads may write to it.
    var extents = InlineArray<3, Int>(repeating: 1)
    var elements = 1
    for axis in 0..<rank {
      let extent = Int(shape[axis])
      if extent < 0 || extent > Int(Int32.max) {
        throw wrongShape(name, expected, "; extents go from 1 to \(Int32.max)")
      }
      if extent == 0 { throw wrongShape(name, expected, "; an array without elements is not taken") }
      let (product, overflow) = elements.multipliedReportingOverflow(by: extent)
      if overflow || product > mostElements { throw wrongShape(name, expected, "; it has too many elements") }
      elements = product
      extents[axis] = extent
    }
    func axis(_ index: Int) -> Axis {
      if extents[index] == 1 { return .single }
      if let strides { return Axis(extent: extents[index], stride: Int(strides[index])) }
      // C order. The loop above has bounded the product of all extents.
      var stride = 1
      for later in index + 1..<max(rank, index + 1) { stride *= extents[later] }
      return Axis(extent: extents[index], stride: stride)
    }
    let axes: (time: Axis?, sample: Axis, feature: Axis) =
      switch rank {
      case 1: (nil, axis(0), .single)
      case 2: (nil, axis(0), axis(1))
      default: (axis(0), axis(1), axis(2))
      }
    let timesFit = axes.time == nil || axes.time?.extent == expected.times
    let samplesFit = expected.samples == nil || axes.sample.extent == expected.samples
    guard timesFit, samplesFit, axes.feature.extent == expected.features else { throw wrongShape(name, expected) }
    return axes
  }

  /// The address of the first element, when all elements are at addresses that exist and are aligned.
  fileprivate func requireMemory(
    _ name: String, _ scalar: HostArray.Scalar, _ time: Axis?, _ sample: Axis, _ feature: Axis
  ) throws(Failure) -> UnsafeMutableRawPointer {
    guard let data else { throw Failure(.nullPointer, "\(name): its data is NULL; it must point to the elements") }
    let bytes = scalar == .float32 ? 4 : 8
    var reach = Reach()
    reach.extend(time ?? .single)
    reach.extend(sample)
    reach.extend(feature)
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

  private func wrongShape(_ name: String, _ expected: ExpectedShape, _ remark: String = "") -> Failure {
    var found = "rank \(ndim)"
    if let shape, (1...8).contains(ndim) {
      found = "shape [" + (0..<Int(ndim)).map { "\(shape[$0])" }.joined(separator: ", ") + "]"
    } else if shape == nil && ndim > 0 {
      found += " and shape NULL"
    }
    return Failure(.shape, "\(name): \(found), expected \(expected.text)\(remark)")
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
