/// The host's numbers, where they lie: single or double precision, any strides, never copied as a whole.
///
/// Inputs are [samples, features] (a constant current) or [times, samples, features]; either index may count through
/// several of the host's dimensions. The C layer has checked pointer, shape and strides before it makes one of these.
package struct HostArray {
  package enum Scalar { case float32, float64 }

  let base: UnsafeMutableRawPointer
  let scalar: Scalar
  /// 0 for data that is constant in time.
  package let times: Int
  private let timeStride: Int
  private let sampleAxes: HostAxes
  private let featureAxes: HostAxes
  /// The host's dimensions, of which the extents name elements as the host counts them.
  private let shape: AxisList

  /// - Parameter shape: all dimensions, slowest first; nil if there is one for samples and one for features.
  package init(
    base: UnsafeMutableRawPointer, scalar: Scalar, time: Axis? = nil, samples: HostAxes, features: HostAxes,
    shape: AxisList? = nil
  ) {
    self.base = base
    self.scalar = scalar
    times = time?.extent ?? 0
    timeStride = time?.stride ?? 0
    sampleAxes = samples
    featureAxes = features
    if let shape {
      self.shape = shape
    } else {
      var shape = AxisList()
      if let time { shape.append(time) }
      shape.append(Axis(extent: samples.count, stride: 0))
      shape.append(Axis(extent: features.count, stride: 0))
      self.shape = shape
    }
  }

  /// Of one dimension each. Strides are in elements and may be zero or negative.
  package init(
    base: UnsafeMutableRawPointer, scalar: Scalar, times: Int, samples: Int, features: Int,
    timeStride: Int, sampleStride: Int, featureStride: Int
  ) {
    self.init(
      base: base, scalar: scalar, time: times > 0 ? Axis(extent: times, stride: timeStride) : nil,
      samples: HostAxes(Axis(extent: samples, stride: sampleStride)),
      features: HostAxes(Axis(extent: features, stride: featureStride)))
  }

  package var samples: Int { sampleAxes.count }
  package var features: Int { featureAxes.count }

  /// The greatest finite number of the array's type.
  package var greatest: Double {
    scalar == .float32 ? Double(Float.greatestFiniteMagnitude) : .greatestFiniteMagnitude
  }

  private func rowStart(_ time: Int, _ sample: Int) -> Int { time &* timeStride &+ sampleAxes.offset(sample) }

  /// One sample at one time (0 for constant data).
  package func read(time: Int = 0, sample: Int, into row: UnsafeMutablePointer<Double>) {
    let start = rowStart(time, sample)
    switch scalar {
    case .float32:
      let values = base.assumingMemoryBound(to: Float.self)
      featureAxes.forEach(from: start) { j, place in row[j] = Double(values[place]) }
    case .float64:
      let values = base.assumingMemoryBound(to: Double.self)
      featureAxes.forEach(from: start) { j, place in row[j] = values[place] }
    }
  }

  /// One sample at one time, as (value - shift) / scale.
  package func readScaled(
    time: Int, sample: Int, shift: [Double], scale: [Double], into row: UnsafeMutablePointer<Float>
  ) {
    let start = rowStart(time, sample)
    switch scalar {
    case .float32:
      let values = base.assumingMemoryBound(to: Float.self)
      featureAxes.forEach(from: start) { j, place in row[j] = Float((Double(values[place]) - shift[j]) / scale[j]) }
    case .float64:
      let values = base.assumingMemoryBound(to: Double.self)
      featureAxes.forEach(from: start) { j, place in row[j] = Float((values[place] - shift[j]) / scale[j]) }
    }
  }

  package func value(sample: Int, feature: Int) -> Double {
    let place = rowStart(0, sample) &+ featureAxes.offset(feature)
    return switch scalar {
    case .float32: Double(base.assumingMemoryBound(to: Float.self)[place])
    case .float64: base.assumingMemoryBound(to: Double.self)[place]
    }
  }

  package func write(_ value: Double, sample: Int, feature: Int) {
    let place = rowStart(0, sample) &+ featureAxes.offset(feature)
    switch scalar {
    case .float32: base.assumingMemoryBound(to: Float.self)[place] = Float(value)
    case .float64: base.assumingMemoryBound(to: Double.self)[place] = value
    }
  }

  /// One sample, as shift + scale value; features count through the shifts and scales again and again.
  package func writeScaled(_ row: UnsafePointer<Float>, sample: Int, shift: [Double], scale: [Double]) {
    let start = rowStart(0, sample)
    for field in 0..<scale.count {
      let (shift, scale, places) = (shift[field], scale[field], stride(from: field, to: features, by: scale.count))
      guard let step = featureAxes.step else {
        for j in places { write(shift + scale * Double(row[j]), sample: sample, feature: j) }
        continue
      }
      switch scalar {
      case .float32:
        let values = base.assumingMemoryBound(to: Float.self) + start
        for j in places { values[j &* step] = Float(shift + scale * Double(row[j])) }
      case .float64:
        let values = base.assumingMemoryBound(to: Double.self) + start
        for j in places { values[j &* step] = shift + scale * Double(row[j]) }
      }
    }
  }

  /// Throws when an element is NaN or infinite, or becomes so as (element - shift) / scale in single precision, and
  /// says which; one pass over the data, unless the flag is raised.
  package func requireFinite(
    _ name: String, shift: [Double]? = nil, scale: [Double]? = nil, unless stop: StopFlag
  ) throws(Failure) {
    var limit = Float.infinity
    if let shift, let scale {
      // Half of what single precision holds, before the scaling: nobody minds the rounding there.
      let shifts = shift.reduce(0) { max($0, abs($1)) }
      let scales = scale.reduce(.infinity) { min($0, abs($1)) }
      limit = Float(Double(Float.greatestFiniteMagnitude / 2) * min(scales, 1) - shifts)
    }
    for time in 0..<max(times, 1) {
      for sample in 0..<samples {
        if isDue(time, sample) { try stop.check() }
        let start = rowStart(time, sample)
        if isBelow(limit, start) { continue }
        for feature in 0..<features {
          let place = start &+ featureAxes.offset(feature)
          var value =
            switch scalar {
            case .float32: Double(base.assumingMemoryBound(to: Float.self)[place])
            case .float64: base.assumingMemoryBound(to: Double.self)[place]
            }
          if let shift, let scale { value = Double(Float((value - shift[feature]) / scale[feature])) }
          if !value.isFinite {
            throw Failure(
              .notFinite,
              "\(name): element \(index(time, sample, feature)) is NaN, infinite or too large for single precision; "
                + "replace it, or leave out what it belongs to")
          }
        }
      }
    }
  }

  /// Whether it is time to look at a flag, in a loop over all times and samples that reads each: every few thousand
  /// numbers.
  package func isDue(_ time: Int, _ sample: Int) -> Bool {
    (time &* samples &+ sample) % max(1, 8192 / max(features, 1)) == 0
  }

  /// A quick look at a row whose elements lie side by side: whether all are below a limit, and no NaN.
  private func isBelow(_ limit: Float, _ start: Int) -> Bool {
    guard scalar == .float32, featureAxes.step == 1, limit > 0 else { return false }
    let bits = (base + MemoryLayout<Float>.stride &* start).assumingMemoryBound(to: UInt32.self)
    // As integers, the bits of positive floats are in their order, and those of infinities and NaN above all.
    var greatest: UInt32 = 0
    for j in 0..<features { greatest = max(greatest, bits[j] & 0x7FFF_FFFF) }
    return greatest < limit.bitPattern
  }

  /// The index of an element in the host's array, such as [2, 0, 5], from 0.
  private func index(_ time: Int, _ sample: Int, _ feature: Int) -> String {
    var rest = (time &* samples &+ sample) &* features &+ feature
    var places: [String] = []
    for axis in shape.reversed() {
      places.append("\(rest % axis.extent)")
      rest /= axis.extent
    }
    return "[" + places.reversed().joined(separator: ", ") + "]"
  }
}
