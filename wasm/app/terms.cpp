// What each term of the page means, in two or three sentences.
#include "wasm/app/terms.h"

#include <algorithm>
#include <array>

namespace camloss::ui {
namespace {

constexpr std::array<Term, 12> kTerms{{
    {"Baseline",
     "A small classifier that learned from photos and their right answers alone. If the background "
     "gives the answer "
     "away, it may learn the background instead of the subject."},
    {"CAMLoss",
     "The same classifier, trained on the same photos, with one more rule: the evidence in the "
     "middle has to give the "
     "answer, and evidence away from the middle costs. So the background loses its say."},
    {"Hide",
     "The middle of the photo stands for its subject. Hidden, it is filled in smoothly from "
     "around; hidden the other way "
     "round, the middle stays and the rest is filled in. Paint over the subject in Probe, and that "
     "is hidden instead."},
    {"Evidence map",
     "Each cell of the map says how much that part of the photo speaks for one class or the other. "
     "With CAM and HiResCAM "
     "the numbers in the map add up exactly to the answer."},
    {"Off centre",
     "The share of the evidence that lies away from the middle of the photo; lower means nearer "
     "the middle. An even map "
     "has about 64 %, so only a map well above that lies at the border."},
    {"Unsure",
     "A model is sure where its likelier class has more than 65 %. Below that the page says “leans "
     "to”, and counts the "
     "answer as unsure. All photos has a slider for that threshold."},
    {"Residual",
     "The difference between the model's answer and the sum of its map. Below a ten-thousandth the "
     "map is exact; a dash "
     "means that the method does not claim to be."},
    {"Map method",
     "How the map is made. CAM and HiResCAM split the answer exactly; Grad-CAM and its kin "
     "estimate; Occlusion hides one "
     "part after another and takes a while."},
    {"Evidence drawn",
     "Which evidence is coloured: that for the predicted class, for one of the two, or for both in "
     "two colours."},
    {"Scale",
     "On its own scale each map shows its strongest place. On the same scale the colours of both "
     "maps mean the same "
     "amount of evidence."},
    {"Sure and right",
     "Counted are answers of which the model was sure. The likelier class also counts answers of "
     "which it was not."},
    {"Models",
     "The two models that are compared. The drawings and your photos have pairs of their own; "
     "choose one here, and it "
     "judges everything."},
}};

}  // namespace

std::span<const Term> terms() { return kTerms; }

std::string_view explanation(std::string_view name) {
  const auto found =
      std::find_if(kTerms.begin(), kTerms.end(), [name](const Term& t) { return t.name == name; });
  return found == kTerms.end() ? std::string_view() : found->text;
}

}  // namespace camloss::ui
