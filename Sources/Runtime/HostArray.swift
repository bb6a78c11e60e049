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

  /// One sample, feature by feature.
  @inline(__always)
  package func write(sample: Int, _ value: (_ feature: Int) -> Double) {
    let start = rowStart(0, sample)
    switch scalar {
    case .float32:
      let values = base.assumingMemoryBound(to: Float.self)
      featureAxes.forEach(from: start) { j, place in values[place] = Float(value(j)) }
    case .float64:
      let values = base.assumingMemoryBound(to: Double.self)
      featureAxes.forEach(from: start) { j, place in values[place] = value(j) }
    }
  }

  /// Throws when an element is NaN or infinite, or becomes so as (element - shift) / scale in single precision, and
  /// says which; one pass over the data.
  package func requireFinite(_ name: String, shift: [Double]? = nil, scale: [Double]? = nil) throws(Failure) {
    for time in 0..<max(times, 1) {
      for sample in 0..<samples {
        let start = rowStart(time, sample)
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
