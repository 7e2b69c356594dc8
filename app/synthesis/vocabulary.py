"""The words of a made-up leak: common French names, places and laboratories that do not exist.

Names are written as their bearers write them; the leak makes upper case of them. They are put
together at random, so that a whole name means nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.synthesis.draw import Weighted, words

SURNAMES: Final = words("""
    Martin, Bernard, Thomas, Petit, Robert, Richard, Durand, Dubois, Moreau, Laurent, Simon, Michel,
    Lefebvre, Leroy, Roux, David, Bertrand, Morel, Fournier, Girard, Bonnet, Dupont, Lambert,
    Fontaine, Rousseau, Vincent, Muller, Lefèvre, Faure, André, Mercier, Blanc, Guérin, Boyer,
    Garnier, Chevalier, François, Legrand, Gauthier, Garcia, Perrin, Robin, Clément, Morin, Nicolas,
    Henry, Roussel, Mathieu, Gautier, Masson, Marchand, Duval, Denis, Dumont, Marie, Lemaire, Noël,
    Meyer, Dufour, Meunier, Brun, Blanchard, Giraud, Joly, Rivière, Lucas, Brunet, Gaillard,
    Barbier, Arnaud, Martinez, Gérard, Roche, Renard, Schmitt, Roy, Leroux, Colin, Vidal, Caron,
    Picard, Roger, Fabre, Aubert, Lemoine, Renaud, Dumas, Lacroix, Olivier, Philippe, Bourgeois,
    Pierre, Benoît, Rey, Leclerc, Payet, Rolland, Leclercq, Guillaume, Lecomte, Lopez, Jean, Dupuy,
    Guillot, Hubert, Berger, Carpentier, Sanchez, Dupuis, Moulin, Louis, Deschamps, Huet, Vasseur,
    Perez, Boucher, Fleury, Royer, Klein, Jacquet, Adam, Paris, Poirier, Marty, Aubry, Guyot, Carré,
    Charles, Renault, Charpentier, Ménard, Maillard, Baron, Bertin, Bailly, Hervé, Schneider,
    Fernandez, Collet, Léger, Bouvier, Julien, Prévost, Millet, Perrot, Daniel, Cousin, Germain,
    Breton, Besson, Langlois, Rémy, Le Goff, Le Gall, Le Roux, Le Bihan, Le Guen, Le Corre,
    Le Floch, Le Bris, Le Mée, Tanguy, Guéguen, Kerbrat, Riou, Morvan, Corre, Quéré, Hélias,
    Béchennec, L'Hostis, L'Helgouach, D'Hervé, De La Tour, Du Bois, Lœuillet, Bœuf, Crèvecœur,
    Français, Hébrard, Maître, Château, Nuñez, Haÿ
""")

# Nobody in a leak is called this, neither by birth nor by marriage: who is asked for and is not
# there may be called this.
ABSENT_SURNAMES: Final = words("""
    Rastignac, Le Quellec, Vautrin, Grandet, Birotteau, Bovary, Homais, Javert, Thénardier, Valjean,
    Maupin, Rougon, Macquart, Lantier, Coupeau, Sorel, De Rênal, Karénine, Jonquère, L'Absent,
    Le Néant, Passepartout, Clérambard
""")

WOMEN: Final = words("""
    Marie, Nathalie, Isabelle, Sylvie, Catherine, Martine, Christine, Françoise, Valérie, Sandrine,
    Stéphanie, Véronique, Sophie, Céline, Chantal, Patricia, Anne, Brigitte, Julie, Monique,
    Aurélie, Nicole, Laurence, Annie, Émilie, Dominique, Virginie, Corinne, Élodie, Christelle,
    Camille, Caroline, Léa, Sarah, Florence, Laetitia, Audrey, Hélène, Laura, Manon, Michèle,
    Cécile, Claire, Chloé, Marine, Jeanne, Zoé, Gaëlle, Anaïs, Maëlle, Nolwenn, Soizic, Yvonne,
    Denise, Andrée, Thérèse, Geneviève, Éliane, Josiane, Noémie
""")

MEN: Final = words("""
    Jean, Philippe, Michel, Alain, Patrick, Nicolas, Christophe, Pierre, Christian, Éric, Frédéric,
    Laurent, Stéphane, David, Pascal, Daniel, Alexandre, Julien, Thierry, Olivier, Bernard, Thomas,
    Sébastien, Gérard, Didier, Dominique, Vincent, François, Bruno, Guillaume, Jérôme, Jacques,
    Marc, Maxime, Romain, Claude, Antoine, Franck, Jean-Pierre, Anthony, Kévin, Gilles, Cédric,
    Serge, André, Mathieu, Benjamin, Patrice, Fabrice, Joël, Jérémy, Clément, Arnaud, Denis, Paul,
    Lucas, Hervé, Rémi, Loïc, Yann, Gwenaël, Maël, Raphaël, René
""")

STREETS: Final = words("""
    RUE DE L'EXEMPLE, RUE DU MODELE, IMPASSE DE LA FICTION, AVENUE DES INVENTIONS, PLACE DU CONTE,
    CHEMIN DE LA FABLE, ALLEE DES SONGES, ROUTE DE NULLE PART, RUE DU 30 FEVRIER, LIEU DIT KERFICTIF
""")

TOWNS: Final = words("""
    SAINT FICTIF, VILLE EXEMPLE, BOURG LE MODELE, PLOUFICTIF, KEREXEMPLE, FICTIF SUR MER,
    NULLE PART EN PLAINE, L'INVENTION, LA FABLE SUR LOIRE, MONT IMAGINE
""")


@dataclass(frozen=True, slots=True)
class Laboratory:
    """A laboratory that does not exist, in a département that does."""

    name: str
    department: str


# Five départements are named by the press; the sixth, Ille-et-Vilaine, is chosen here.
_LABORATORIES: Final = {
    "56": words("DES GENETS, DU GRAND MENHIR, DE LA PETITE MER, DES HORTENSIAS, DU PHARE ROUGE, "
                "DE L'AJONC, DES TROIS DUNES"),
    "27": words("DU POMMIER, DES FALAISES, DE LA BOUCLE, DU VERGER, DE LA CHAUMIERE"),
    "45": words("DE LA ROSERAIE, DES LEVEES, DU CANAL, DE LA FORET, DES CERFS"),
    "22": words("DU GRANIT, DES AJONCS D'OR, DE LA HOULE, DES SEPT ILOTS"),
    "41": words("DU CHATEAU, DES ETANGS, DE LA SAPINIERE, DES ASPERGES"),
    "35": words("DU CANOE, DES PORTES, DE L'ECLUSE"),
}  # fmt: skip

LABORATORIES: Final = tuple(
    Laboratory(f"LABORATOIRE FICTIF {name}", department)
    for department, names in _LABORATORIES.items()
    for name in names
)

# From large to tiny: a report on the leak meets groups that are too small to be told.
LABORATORIES_BY_SIZE: Final = Weighted(
    *((laboratory, (5 * n % 28) ** 2 + 1) for n, laboratory in enumerate(LABORATORIES))
)

MAIL_DOMAINS: Final = Weighted(
    ("courrier.example", 40),
    ("boite-aux-lettres.example", 25),
    ("messagerie.example", 20),
    ("poste-fictive.example", 12),
    ("courriel-privé.example", 3),
)
ABSENT_MAIL_DOMAIN: Final = "absent.example"

# What the press said that the comments named, some in shapes that break a careless reader.
COMMENTS: Final = (
    "FICTIF - SUIVI VIH SOUS TRITHERAPIE",
    "FICTIF - CHIMIOTHERAPIE EN COURS",
    "FICTIF - CANCER DU COLON",
    "FICTIF - MALADIE GENETIQUE A RECHERCHER",
    "FICTIF - TRAITEMENT PAR LEVOTHYROX",
    "FICTIF - SOUS ANTICOAGULANT",
    "FICTIF - A JEUN",
    "FICTIF - A JEUN; RESULTAT A FAXER AU MEDECIN",
    'FICTIF - DIT ETRE "ALLERGIQUE A LA PENICILLINE"',
    'FICTIF - SUIVI VIH; NE PAS LAISSER DE MESSAGE "A LA MAISON"',
    "FICTIF - TUMEUR OPÉRÉE, CONTRÔLE À 6 MOIS",
)
COMMENTS_ON_YOUNG_WOMEN: Final = (
    "FICTIF - GROSSESSE 12 SA",
    "FICTIF - GROSSESSE; FACTEUR V LEIDEN",
    "FICTIF - FIV EN COURS",
)
COMMENTS_ON_CHILDREN: Final = (
    "FICTIF - BILAN ALLERGIE",
    "FICTIF - MUCOVISCIDOSE A RECHERCHER",
    "FICTIF - FIEVRE; RAPPELER LES PARENTS",
)
