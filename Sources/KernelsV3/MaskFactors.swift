package import CSystem

/// Surrogate factors of which a random part is left out, and the rest made larger by as much.
///
/// Time is proportional to `count`. Equations: `rfgk_mask`.
@inline(never)
package func maskFactors(_ arguments: UnsafePointer<rfgk_mask>) {
  let a = arguments.pointee
  let f = a.factors
  guard let psi = f.psi, let rho = f.rho else { return }
  let padded = Int(a.padded)
  let rows = Int(f.count) / padded
  let bound = all(a.keep * 8_388_608)
  let kept = all(1 / a.keep)
  let threshold = all(f.threshold)
  let minusThreshold = all(-f.threshold)
  let zero = Float16x()
  var counter = a.counter
  var row = 0
  while row < rows {
    var block: UInt32 = 0
    var start = 0
    while start < padded {
      let low = philox8(counter, block)
      let high = philox8(counter, block &+ 8)
      block &+= 16
      let words = (
        rfgv_narrow(low.0, high.0), rfgv_narrow(low.1, high.1), rfgv_narrow(low.2, high.2), rfgv_narrow(low.3, high.3)
      )
      var column = start
      while column < padded && column < start &+ 64 {
        let word =
          column == start ? words.0 : column == start &+ 16 ? words.1 : column == start &+ 32 ? words.2 : words.3
        let number = rfgv_to_float((word &>> SIMD16(repeating: 9)) & SIMD16(repeating: 0x007f_ffff))
        let mask = zero.replacing(with: kept, where: number .< bound)
        let i = row &* padded &+ column
        var rest = all(1)
        if f.hard_reset != 0 {
          let u = rfgv_load(f.potential + i)
          rest.replace(with: zero, where: u .>= threshold)
          if f.ternary != 0 { rest.replace(with: zero, where: u .<= minusThreshold) }
        }
        let masked = mask * rfgv_load(psi + i)
        let moved = multiplyAdd(mask, rfgv_load(rho + i) - rest, rest)
        write(Factors(psi: masked, rho: moved), f, i)
        column &+= 16
      }
      start &+= 64
    }
    counter.word1 &+= 1
    row &+= 1
  }
}
