// Winograd's minimal filtering (Lavin and Gray 2016) for tiles of 4x4 and 2x2 outputs: the
// one-dimensional transforms.
//
// F(m, r) computes m outputs of an r-tap filter with n = m + r − 1 products: y = Aᵀ[(G g) ⊙ (Bᵀ
// d)]. With points a_j, the last at infinity: Aᵀ_ij = a_jⁱ, G_ji = a_jⁱ / Π(a_j − a_l), and Bᵀ's
// rows are the coefficients of Π(x − a_l). In two dimensions each is applied to the columns, then
// to the rows.
#pragma once

namespace camloss {
namespace {

// F(4, 2), points 0, 1, −1, 2, ∞.

/// Bᵀ d.
/// @param d  (5) inputs
/// @param r  (5)
template <class V>
[[gnu::always_inline]] inline void input_transform2(const V* d, int step, V* r, int out_step) {
  const V d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step];
  const V odd = d3 - d1;
  const V s = d3 - d2;
  const V e = d2 - d1;
  r[0] = (d0 - d2) + (d0 - d2) + odd;
  r[out_step] = s - d1 - d1;
  r[2 * out_step] = s - e - e;
  r[3 * out_step] = odd;
  r[4 * out_step] = (d4 - d2) - odd - odd;
}

/// Aᵀ m.
/// @param m  (5)
/// @param y  (4)
template <class V>
[[gnu::always_inline]] inline void output_transform2(const V* m, int step, V* y, int out_step) {
  const V m1 = m[step], m2 = m[2 * step], m3 = m[3 * step];
  const V sum = m1 + m2;
  const V difference = m1 - m2;
  y[0] = m[0] + sum + m3;
  y[out_step] = difference + 2.0F * m3;
  y[2 * out_step] = sum + 4.0F * m3;
  y[3 * out_step] = difference + 8.0F * m3 + m[4 * step];
}

// F(4, 3), points 0, 1, −1, 2, −2, ∞.

/// Bᵀ d.
/// @param d  (6)
/// @param r  (6)
template <class V>
[[gnu::always_inline]] inline void input_transform3(const V* d, int step, V* r, int out_step) {
  const V d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step],
          d5 = d[5 * step];
  const V even1 = d4 - 4.0F * d2;
  const V odd1 = d3 - 4.0F * d1;
  const V even2 = d4 - d2;
  const V odd2 = 2.0F * (d3 - d1);
  r[0] = 4.0F * d0 - 5.0F * d2 + d4;
  r[out_step] = even1 + odd1;
  r[2 * out_step] = even1 - odd1;
  r[3 * out_step] = even2 + odd2;
  r[4 * out_step] = even2 - odd2;
  r[5 * out_step] = 4.0F * d1 - 5.0F * d3 + d5;
}

/// Aᵀ m.
/// @param m  (6)
/// @param y  (4)
template <class V>
[[gnu::always_inline]] inline void output_transform3(const V* m, int step, V* y, int out_step) {
  const V m1 = m[step], m2 = m[2 * step], m3 = m[3 * step], m4 = m[4 * step];
  const V sum12 = m1 + m2, difference12 = m1 - m2;
  const V sum34 = m3 + m4, difference34 = m3 - m4;
  y[0] = m[0] + sum12 + sum34;
  y[out_step] = difference12 + 2.0F * difference34;
  y[2 * out_step] = sum12 + 4.0F * sum34;
  y[3 * out_step] = difference12 + 8.0F * difference34 + m[5 * step];
}

// F(2, 3), points 0, 1, −1, ∞: fewer products saved than by F(4, 3), and less to transform.

/// Bᵀ d.
/// @param d  (4)
/// @param r  (4)
template <class V>
[[gnu::always_inline]] inline void input_transform23(const V* d, int step, V* r, int out_step) {
  r[0] = d[0] - d[2 * step];
  r[out_step] = d[step] + d[2 * step];
  r[2 * out_step] = d[2 * step] - d[step];
  r[3 * out_step] = d[step] - d[3 * step];
}

/// Aᵀ m.
/// @param m  (4)
/// @param y  (2)
template <class V>
[[gnu::always_inline]] inline void output_transform23(const V* m, int step, V* y, int out_step) {
  y[0] = m[0] + m[step] + m[2 * step];
  y[out_step] = m[step] - m[2 * step] - m[3 * step];
}

// F(2, 5), points 0, 1, −1, 2, −2, ∞: those of F(4, 3), and so the same Bᵀ, input_transform3.

/// Aᵀ m.
/// @param m  (6)
/// @param y  (2)
template <class V>
[[gnu::always_inline]] inline void output_transform25(const V* m, int step, V* y, int out_step) {
  const V m1 = m[step], m2 = m[2 * step], m3 = m[3 * step], m4 = m[4 * step];
  y[0] = m[0] + (m1 + m2) + (m3 + m4);
  y[out_step] = (m1 - m2) + 2.0F * (m3 - m4) + m[5 * step];
}

/// G of F(4, 2), (5, 2).
constexpr double kFilterTransform2[5][2] = {
    {0.5, 0}, {-0.5, -0.5}, {-1.0 / 6, 1.0 / 6}, {1.0 / 6, 1.0 / 3}, {0, 1}};
/// G of F(2, 3), (4, 3).
constexpr double kFilterTransform23[4][3] = {
    {1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}};
/// G of F(2, 5), (6, 5).
constexpr double kFilterTransform25[6][5] = {{0.25, 0, 0, 0, 0},
                                             {-1.0 / 6, -1.0 / 6, -1.0 / 6, -1.0 / 6, -1.0 / 6},
                                             {-1.0 / 6, 1.0 / 6, -1.0 / 6, 1.0 / 6, -1.0 / 6},
                                             {1.0 / 24, 1.0 / 12, 1.0 / 6, 1.0 / 3, 2.0 / 3},
                                             {1.0 / 24, -1.0 / 12, 1.0 / 6, -1.0 / 3, 2.0 / 3},
                                             {0, 0, 0, 0, 1}};
/// G of F(4, 3), (6, 3).
constexpr double kFilterTransform3[6][3] = {{0.25, 0, 0},
                                            {-1.0 / 6, -1.0 / 6, -1.0 / 6},
                                            {-1.0 / 6, 1.0 / 6, -1.0 / 6},
                                            {1.0 / 24, 1.0 / 12, 1.0 / 6},
                                            {1.0 / 24, -1.0 / 12, 1.0 / 6},
                                            {0, 0, 1}};

}  // namespace
}  // namespace camloss
