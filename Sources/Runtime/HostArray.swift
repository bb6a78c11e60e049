/// The host's numbers, where they lie: single or double precision, any strides, never copied as a whole.
///
/// Inputs are [samples, features] (a constant current) or [times, samples, features]. The C layer has checked
/// pointer, shape and strides before it makes one of these.
package struct HostArray {
  package enum Scalar { case float32, float64 }

  let base: UnsafeMutableRawPointer
  let scalar: Scalar
  /// 0 for data that is constant in time.
  package let times: Int
  package let samples: Int
  package let features: Int
  let timeStride: Int
  let sampleStride: Int
  let featureStride: Int

  /// Strides are in elements and may be zero or negative.
  package init(
    base: UnsafeMutableRawPointer, scalar: Scalar, times: Int, samples: Int, features: Int,
    timeStride: Int, sampleStride: Int, featureStride: Int
  ) {
    self.base = base
    self.scalar = scalar
    self.times = times
    self.samples = samples
    self.features = features
    self.timeStride = timeStride
    self.sampleStride = sampleStride
    self.featureStride = featureStride
  }

  /// The greatest finite number of the array's type.
  package var greatest: Double {
    scalar == .float32 ? Double(Float.greatestFiniteMagnitude) : .greatestFiniteMagnitude
  }

  /// One sample at one time (0 for constant data).
  package func read(time: Int = 0, sample: Int, into row: UnsafeMutablePointer<Double>) {
    let start = time &* timeStride &+ sample &* sampleStride
    switch scalar {
    case .float32:
      let values = base.assumingMemoryBound(to: Float.self)
      for j in 0..<features { row[j] = Double(values[start &+ j &* featureStride]) }
    case .float64:
      let values = base.assumingMemoryBound(to: Double.self)
      for j in 0..<features { row[j] = values[start &+ j &* featureStride] }
    }
  }

  /// One sample at one time, as (value - shift) / scale.
  package func readScaled(
    time: Int, sample: Int, shift: [Double], scale: [Double], into row: UnsafeMutablePointer<Float>
  ) {
    let start = time &* timeStride &+ sample &* sampleStride
    switch scalar {
    case .float32:
      let values = base.assumingMemoryBound(to: Float.self)
      for j in 0..<features { row[j] = Float((Double(values[start &+ j &* featureStride]) - shift[j]) / scale[j]) }
    case .float64:
      let values = base.assumingMemoryBound(to: Double.self)
      for j in 0..<features { row[j] = Float((values[start &+ j &* featureStride] - shift[j]) / scale[j]) }
    }
  }

  package func value(sample: Int, feature: Int) -> Double {
    let place = sample &* sampleStride &+ feature &* featureStride
    return switch scalar {
    case .float32: Double(base.assumingMemoryBound(to: Float.self)[place])
    case .float64: base.assumingMemoryBound(to: Double.self)[place]
    }
  }

  package func write(_ value: Double, sample: Int, feature: Int) {
    let place = sample &* sampleStride &+ feature &* featureStride
    switch scalar {
    case .float32: base.assumingMemoryBound(to: Float.self)[place] = Float(value)
    case .float64: base.assumingMemoryBound(to: Double.self)[place] = value
    }
  }

  /// Throws when an element is NaN or infinite, or becomes so as (element - shift) / scale in single precision, and
  /// says which; one pass over the data.
  package func requireFinite(_ name: String, shift: [Double]? = nil, scale: [Double]? = nil) throws(Failure) {
    for time in 0..<max(times, 1) {
      for sample in 0..<samples {
        let start = time &* timeStride &+ sample &* sampleStride
        for feature in 0..<features {
          let place = start &+ feature &* featureStride
          var value =
            switch scalar {
            case .float32: Double(base.assumingMemoryBound(to: Float.self)[place])
            case .float64: base.assumingMemoryBound(to: Double.self)[place]
            }
          if let shift, let scale { value = Double(Float((value - shift[feature]) / scale[feature])) }
          if !value.isFinite {
            throw Failure(
              .notFinite,
              "\(name): element \(feature) of sample \(sample)\(times > 0 ? " at time \(time)" : "") is NaN, "
                + "infinite or too large for single precision; remove or replace such samples")
          }
        }
      }
    }
  }
}
